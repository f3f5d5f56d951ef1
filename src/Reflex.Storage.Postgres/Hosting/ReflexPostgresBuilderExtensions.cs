using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using Reflex;
using Reflex.Storage;
using Reflex.Storage.Postgres;
using Reflex.Storage.Postgres.Hosting;
using Reflex.Storage.Postgres.Membership;
using Reflex.Storage.Postgres.State;

namespace Orleans.Hosting;

/// <summary>Chooses PostgreSQL as the storage of a cluster.</summary>
public static class ReflexPostgresBuilderExtensions
{
    /// <summary>
    /// Stores events, cursors, stream definitions and the membership of the cluster in one PostgreSQL, so that the cluster needs nothing
    /// else. A grain storage named <see cref="ReflexStorageNames.GrainStorage"/> and a clustering that are registered already, such as
    /// by the <c>Orleans</c> section of the configuration, are kept. Calling it again changes the options and nothing else.
    /// </summary>
    /// <param name="builder">The builder that <c>AddReflex</c> gives.</param>
    /// <param name="connectionString">The database; see <see cref="PostgresOptions.ConnectionString"/>.</param>
    /// <param name="configure">Changes further options; null leaves them at their defaults.</param>
    /// <returns>The same builder, for further calls.</returns>
    public static IReflexBuilder UsePostgres(
        this IReflexBuilder builder, string connectionString, Action<PostgresOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        var services = builder.Services.AddPostgresDatabase(connectionString, configure);
        services.TryAddSingleton<SchemaUse>();
        services.Replace(ServiceDescriptor.Singleton<IEventLogProvider, PostgresLogProvider>());
        services.TryAddKeyedSingleton<IGrainStorage, PostgresGrainStorage>(ReflexStorageNames.GrainStorage);
        services.TryAddSingleton(_ => new MembershipClock(TimeProvider.System));
        services.TryAddKeyedSingleton<TimeProvider>(
            TimeProviderNames.Membership, (provider, _) => provider.GetRequiredService<MembershipClock>());
        services.TryAddSingleton<IMembershipTable, PostgresMembershipTable>();
        return builder;
    }
}
