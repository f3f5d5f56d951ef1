using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Reflex.Diagnostics;
using Reflex.Streams;

namespace Reflex.Orleans.Quotas;

/// <summary>How much the partitions of this silo may store, and the metric of how much of that they do. Thread-safe.</summary>
internal sealed class StreamQuotas : IDisposable
{
    private readonly ConcurrentDictionary<PartitionQuota, byte> _open = new();
    private readonly StreamQuotaOptions _options;
    private readonly TimeSpan _maintenanceInterval;
    private readonly Meter _meter;

    public StreamQuotas(IOptions<StreamQuotaOptions> options, IOptions<ReflexOptions> reflexOptions, IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reflexOptions);
        ArgumentNullException.ThrowIfNull(meterFactory);
        _options = options.Value;
        _maintenanceInterval = reflexOptions.Value.MaintenanceInterval;
        _meter = meterFactory.Create(ReflexDiagnostics.MeterName);
        _meter.CreateObservableGauge(
            "reflex.quota.used",
            Observe,
            "1",
            "How much of what it may store the stream's fullest partition in this silo does; of streams that have a quota.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>What a partition may store; null when it is as much as there is room for.</summary>
    /// <param name="partition">Whose quota begins, since it is owned here from now on.</param>
    /// <param name="partitions">How many its stream has.</param>
    /// <param name="stored">What it stores at a moment, in bytes.</param>
    /// <returns>The quota; the partition's owner disposes it.</returns>
    public PartitionQuota? Begin(PartitionId partition, int partitions, Func<long> stored)
    {
        if (!_options.Streams.TryGetValue(partition.Stream.Value, out var ofStream))
        {
            if (_options.MaxStreamBytes is not { } ofAny)
            {
                return null;
            }

            ofStream = ofAny;
        }

        var (whole, rest) = Math.DivRem(ofStream, partitions);
        var quota = new PartitionQuota(partition, rest == 0 ? whole : whole + 1, _maintenanceInterval, stored, End);
        _open.TryAdd(quota, 0);
        return quota;
    }

    private void End(PartitionQuota quota) => _open.TryRemove(quota, out _);

    private IEnumerable<Measurement<double>> Observe() => _open.Keys
        .GroupBy(quota => quota.Stream)
        .Select(stream => new Measurement<double>(
            stream.Max(quota => quota.Used), new KeyValuePair<string, object?>("stream", stream.Key.Value)));
}
