using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Reflex.Diagnostics;
using Reflex.Streams;

namespace Reflex.Orleans.Logs;

/// <summary>The metrics of partitions. One for each meter factory, whose meter they share with the others; thread-safe.</summary>
internal sealed class PartitionInstruments : IDisposable
{
    private static readonly KeyValuePair<string, object?> FromMemory = new("from", "memory");
    private static readonly KeyValuePair<string, object?> FromLog = new("from", "log");

    private readonly ConcurrentDictionary<PartitionLog, byte> _logs = new();
    private readonly CommitTimes _commits;
    private readonly Meter _meter;
    private readonly Counter<long> _appended;
    private readonly Counter<long> _appendedBytes;
    private readonly Histogram<double> _appendDuration;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _commitDuration;
    private readonly Counter<long> _openings;
    private readonly Counter<long> _logFailures;
    private readonly Counter<long> _readBytes;
    private readonly Counter<long> _clockJumps;

    /// <summary>Makes the meter <see cref="ReflexDiagnostics.MeterName"/> and what partitions are measured with.</summary>
    /// <param name="meterFactory">Makes the meter, which it owns.</param>
    /// <param name="commits">What health checks know of how long commits take.</param>
    public PartitionInstruments(IMeterFactory meterFactory, CommitTimes commits)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _commits = commits;
        _meter = meterFactory.Create(ReflexDiagnostics.MeterName);
        _appended = _meter.CreateCounter<long>("reflex.append.events", "{event}", "Events made durable.");
        _appendedBytes = _meter.CreateCounter<long>(
            "reflex.append.size", "By", "Bytes of the batches of those events, as they are stored.");
        _appendDuration = _meter.CreateHistogram(
            "reflex.append.duration", "s", "From an append's arrival at its partition until it is durable.", advice: Durations);
        _refused = _meter.CreateCounter<long>(
            "reflex.append.refused", "{append}", "Appends that a partition's log refused or that failed there, by the error's code.");
        _commitDuration = _meter.CreateHistogram(
            "reflex.log.commit.duration", "s", "How long the storage takes to make a group of appends durable.", advice: Durations);
        _openings = _meter.CreateCounter<long>(
            "reflex.log.openings", "{opening}", "Logs opened: at their first use, after a move or a failure, or in place of a lost silo.");
        _logFailures = _meter.CreateCounter<long>(
            "reflex.log.failures", "{failure}", "Logs that stopped after a failed write or a newer owner.");
        _readBytes = _meter.CreateCounter<long>(
            "reflex.read.size", "By", "Bytes of the pages that readers got: of the newest events in memory, or from the log.");
        _meter.CreateObservableGauge(
            "reflex.read.waiting",
            () => _logs.Keys.Sum(log => (long)log.WaitingReaders),
            "{reader}",
            "Readers that wait at the head of a partition here; those of one silo or client that read the same are one.");
        _meter.CreateObservableGauge(
            "reflex.append.queued",
            () => _logs.Keys.Sum(log => log.QueuedBytes),
            "By",
            "Bytes that wait to be appended to the partitions of this silo.");
        _meter.CreateObservableGauge(
            "reflex.storage.slowest",
            () => commits.Slowest?.Time.TotalSeconds ?? 0,
            "s",
            "The slowest commit of the last 30 seconds to a minute, or one that takes longer and hasn't ended.");
        _meter.CreateObservableGauge(
            "reflex.storage.failing", () => commits.Failure is null ? 0 : 1, description: "1 when a commit of the last minute failed.");
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
    public void OnAppended(PartitionId partition, int events, long bytes, TimeSpan duration)
    {
        if (_appended.Enabled || _appendedBytes.Enabled || _appendDuration.Enabled)
        {
            var stream = new KeyValuePair<string, object?>("stream", partition.Stream.Value);
            _appended.Add(events, stream, new("partition", partition.Index));
            _appendedBytes.Add(bytes, stream);
            _appendDuration.Record(duration.TotalSeconds, stream);
        }
    }

    /// <summary>An append was refused by a log, or failed there: then it may be in the log all the same.</summary>
    public void OnRefused(PartitionId partition, ReflexException error) =>
        _refused.Add(1, new("stream", partition.Stream.Value), new("reason", error.Code.Name));

    /// <summary>A log has been opened.</summary>
    /// <returns>What its commits are told to.</returns>
    public CommitWatch OnOpened(PartitionLog log)
    {
        _logs.TryAdd(log, 0);
        _openings.Add(1, new KeyValuePair<string, object?>("stream", log.Partition.Stream.Value));
        return _commits.Watch(log.Partition);
    }

    /// <summary>It has been closed.</summary>
    public void OnClosed(PartitionLog log) => _logs.TryRemove(log, out _);

    /// <summary>A reader gets a page.</summary>
    public void OnRead(PartitionId partition, long bytes, bool isFromMemory)
    {
        if (_readBytes.Enabled)
        {
            _readBytes.Add(bytes, new("stream", partition.Stream.Value), isFromMemory ? FromMemory : FromLog);
        }
    }

    /// <summary>The storage has made a group of appends durable.</summary>
    public void OnCommitted(PartitionId partition, TimeSpan duration)
    {
        if (_commitDuration.Enabled)
        {
            _commitDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("stream", partition.Stream.Value));
        }
    }

    /// <summary>A log has stopped.</summary>
    public void OnLogFailed(PartitionId partition) =>
        _logFailures.Add(1, new("stream", partition.Stream.Value), new("partition", partition.Index));

    /// <summary>The clock was set.</summary>
    public void OnClockSet(bool isForward) =>
        _clockJumps.Add(1, new KeyValuePair<string, object?>("direction", isForward ? "forward" : "back"));
}
