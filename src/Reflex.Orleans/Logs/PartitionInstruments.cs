using System.Diagnostics.Metrics;
using Reflex.Diagnostics;
using Reflex.Streams;

namespace Reflex.Orleans.Logs;

/// <summary>The metrics of partitions. One for each meter factory, whose meter they share with the others; thread-safe.</summary>
internal sealed class PartitionInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _appended;
    private readonly Histogram<double> _appendDuration;
    private readonly Counter<long> _logFailures;
    private readonly Counter<long> _clockJumps;

    /// <summary>Makes the meter <see cref="ReflexDiagnostics.MeterName"/> and what partitions are measured with.</summary>
    /// <param name="meterFactory">Makes the meter, which it owns.</param>
    public PartitionInstruments(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _meter = meterFactory.Create(ReflexDiagnostics.MeterName);
        _appended = _meter.CreateCounter<long>("reflex.append.events", "{event}", "Events made durable.");
        _appendDuration = _meter.CreateHistogram(
            "reflex.append.duration", "s", "From an append's arrival at its partition until it is durable.", advice: Durations);
        _logFailures = _meter.CreateCounter<long>(
            "reflex.log.failures", "{failure}", "Logs that stopped after a failed write or a newer owner.");
        _clockJumps = _meter.CreateCounter<long>(
            "reflex.clock.jumps", "{jump}", "Times that retention has found the clock set by more than a minute, forward or back.");
    }

    // From a fraction of a flush; what is longer than a minute is one of the consumers' durations, which have the same buckets.
    private static InstrumentAdvice<double> Durations { get; } = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 1800],
    };

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>An append has become durable.</summary>
    public void OnAppended(PartitionId partition, int events, TimeSpan duration)
    {
        if (_appended.Enabled || _appendDuration.Enabled)
        {
            var stream = new KeyValuePair<string, object?>("stream", partition.Stream.Value);
            _appended.Add(events, stream, new("partition", partition.Index));
            _appendDuration.Record(duration.TotalSeconds, stream);
        }
    }

    /// <summary>A log has stopped.</summary>
    public void OnLogFailed(PartitionId partition) =>
        _logFailures.Add(1, new("stream", partition.Stream.Value), new("partition", partition.Index));

    /// <summary>The clock was set.</summary>
    public void OnClockSet(bool isForward) =>
        _clockJumps.Add(1, new KeyValuePair<string, object?>("direction", isForward ? "forward" : "back"));
}
