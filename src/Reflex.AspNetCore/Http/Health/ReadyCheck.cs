using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reflex.Diagnostics;
using Reflex.Storage;

namespace Reflex.AspNetCore.Http.Health;

/// <summary>
/// Ready is a silo that can list its streams in time and doesn't stop, degraded one with partitions that can't be used: the others need
/// it. The answer also tells how durable an append is.
/// </summary>
internal sealed class ReadyCheck(IReflexClient client, IServiceProvider services, IOptions<ReflexHttpOptions> options) : IHealthCheck
{
    public const string Name = "reflex";

    /// <summary>The key of the partitions that can't be used, among a result's data.</summary>
    public const string FailedKey = "failedPartitions";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = Describe(services.GetService<IEventLogProvider>());
        if (services.GetService<IHostApplicationLifetime>() is { ApplicationStopping.IsCancellationRequested: true })
        {
            return HealthCheckResult.Unhealthy("The silo is stopping.", data: data);
        }

        var timeout = options.Value.ReadyTimeout;
        try
        {
            var streams = await client.ListStreamsAsync(cancellationToken)
                .WaitAsync(timeout, options.Value.TimeProvider, cancellationToken);
            data["streams"] = streams.Count;
            var failed = services.GetService<FailedPartitions>()?.All ?? [];
            if (failed.Count == 0)
            {
                return HealthCheckResult.Healthy("The cluster answers.", data);
            }

            data[FailedKey] = failed;
            return HealthCheckResult.Degraded(
                $"The cluster answers, but {failed.Count} of this silo's partitions can't be used, or not all of it.", data: data);
        }
        catch (TimeoutException error)
        {
            return HealthCheckResult.Unhealthy($"The cluster didn't list its streams within {timeout}.", error, data);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            var reason = error is ReflexException known ? known.ClientMessage : "the log tells why.";
            return HealthCheckResult.Unhealthy($"The cluster can't list its streams: {reason}", error, data);
        }
    }

    private static Dictionary<string, object> Describe(IEventLogProvider? storage) => storage is null
        ? []
        : new() { ["storage"] = storage.Name, ["durability"] = storage.Durability == Durability.Buffered ? "buffered" : "flushed" };
}
