using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Hosting;

/// <summary>What silos and clients share.</summary>
internal static class PostgresServices
{
    public static IServiceCollection AddPostgresDatabase(
        this IServiceCollection services, string connectionString, Action<PostgresOptions>? configure)
    {
        services.AddOptionsWithValidateOnStart<PostgresOptions>().Configure(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgresOptions>, PostgresOptionsValidator>());

        // A log's failure has one as its cause, and goes to the silo or the client that asked for the log.
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add(nameof(Npgsql)));
        services.TryAddSingleton(provider => new PostgresDatabase(provider.GetRequiredService<IOptions<PostgresOptions>>().Value));
        return services;
    }
}
