using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Reflex.Consumers;
using Reflex.Diagnostics;

namespace Reflex.AspNetCore.Http.Health;

/// <summary>What somebody should look at, by the thresholds of the options.</summary>
/// <remarks>No health check of the host's, which a probe may restart a silo for: none of it is mended by a restart.</remarks>
internal sealed class Problems(ReadyCheck ready, IServiceProvider services, IOptions<ReflexHttpOptions> options)
{
    /// <summary>The key of the consumers that are stuck, among an entry's data.</summary>
    public const string StuckKey = "stuckConsumers";

    public async Task<HealthReport> FindAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var entries = new Dictionary<string, HealthReportEntry>
        {
            ["cluster"] = Cluster(await ready.CheckHealthAsync(new HealthCheckContext(), cancellationToken)),
            ["partitions"] = Partitions(services.GetService<FailedPartitions>()?.All ?? []),
            ["consumers"] = Consumers(services.GetService<ReflexInstruments>()?.Stuck ?? []),
            ["storage"] = Storage(services.GetService<CommitTimes>()),
        };
        return new HealthReport(entries, Stopwatch.GetElapsedTime(began));
    }

    // The partitions, which only degrade it, have an entry of their own.
    private static HealthReportEntry Cluster(HealthCheckResult result) => result.Status == HealthStatus.Unhealthy
        ? Entry(isProblem: true, result.Description!)
        : Entry(isProblem: false, "The cluster answers.");

    private HealthReportEntry Partitions(IReadOnlyList<FailedPartition> failed) => Entry(
        failed.Count > options.Value.MaxFailedPartitions,
        $"{failed.Count} of this silo's partitions can't be used, or not all of it.",
        failed.Count > 0 ? new() { [ReadyCheck.FailedKey] = failed } : []);

    private HealthReportEntry Consumers(IReadOnlyList<StuckConsumer> stuck)
    {
        var before = options.Value.TimeProvider.GetUtcNow() - options.Value.StuckAfter;
        IReadOnlyList<StuckConsumer> lasting = [.. stuck.Where(consumer => consumer.Since <= before)];
        return Entry(
            lasting.Count > options.Value.MaxStuckConsumers,
            $"{lasting.Count} of this silo's consumers have been stuck for {options.Value.StuckAfter} or longer.",
            lasting.Count > 0 ? new() { [StuckKey] = lasting } : []);
    }

    private HealthReportEntry Storage(CommitTimes? commits) => commits?.Failure is { } failure
        ? Entry(isProblem: true, $"The storage has failed to make events durable within the last minute: {failure.Reason}")
        : Storage(commits?.Slowest);

    private HealthReportEntry Storage(CommitTime? slowest) => slowest is null
        ? Entry(isProblem: false, "Nothing was appended lately.")
        : Entry(
            slowest.Time > options.Value.SlowStorage,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The slowest of the last commits took {slowest.Time.TotalSeconds:F3} s; up to {options.Value.SlowStorage} is good."));

    private static HealthReportEntry Entry(bool isProblem, string description, Dictionary<string, object>? data = null) => new(
        isProblem ? HealthStatus.Unhealthy : HealthStatus.Healthy, description, TimeSpan.Zero, exception: null, data ?? []);
}
