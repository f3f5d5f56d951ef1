using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Messaging;
using Reflex.Storage.Postgres;
using Reflex.Storage.Postgres.Hosting;
using Reflex.Storage.Postgres.Membership;

namespace Orleans.Hosting;

/// <summary>Lets an outside client find the silos of a cluster by its PostgreSQL.</summary>
public static class ReflexPostgresClientBuilderExtensions
{
    /// <summary>Finds the silos in the membership that <c>UsePostgres</c> of the silos keeps. It only reads.</summary>
    /// <param name="builder">The client that is to find the silos.</param>
    /// <param name="connectionString">The database; see <see cref="PostgresOptions.ConnectionString"/>.</param>
    /// <param name="configure">Changes further options; null leaves them at their defaults.</param>
    /// <returns>The same builder, for further calls.</returns>
    public static IClientBuilder UsePostgresClustering(
        this IClientBuilder builder, string connectionString, Action<PostgresOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        builder.Services.AddPostgresDatabase(connectionString, configure).TryAddSingleton<IGatewayListProvider, PostgresGateways>();
        return builder;
    }
}
