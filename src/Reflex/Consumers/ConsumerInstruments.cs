using Reflex.Events;

namespace Reflex.Consumers;

/// <summary>The metrics of one running consumer. Thread-safe.</summary>
public sealed class ConsumerInstruments : IDisposable
{
    private const long Never = long.MinValue;

    private readonly ReflexInstruments _instruments;
    private readonly TimeProvider _timeProvider;
    private readonly ConsumerOptions _options;
    private readonly string _stream;
    private readonly int? _partition;
    private long _waitingSinceTicks = Never;
    private long _lastLagTicks;
    private long _lastPassedTicks = Never;
    private volatile SeenAhead? _seenAhead;
    private long _stuckSinceTicks = Never;

    internal ConsumerInstruments(
        ReflexInstruments instruments, TimeProvider timeProvider, string stream, int? partition, ConsumerOptions options)
    {
        _instruments = instruments;
        _timeProvider = timeProvider;
        _options = options;
        _stream = stream;
        _partition = partition;
        Tags = partition is { } index
            ? [new("consumer_name", options.Name.Value), new("stream", stream), new("partition", index)]
            : [new("consumer_name", options.Name.Value), new("stream", stream)];
    }

    /// <summary>The age of the event that the consumer is handling or stuck on; else of the last one, when it was handled.</summary>
    /// <remarks>
    /// An event from a clock that was ahead has no age yet: while the consumer is at it, this is the time since it was first read.
    /// </remarks>
    public TimeSpan Lag
    {
        get
        {
            var ticks = Volatile.Read(ref _waitingSinceTicks);
            if (ticks == Never)
            {
                return TimeSpan.FromTicks(Volatile.Read(ref _lastLagTicks));
            }

            var now = _timeProvider.GetUtcNow().UtcTicks;
            return TimeSpan.FromTicks(now - Math.Min(ticks, FirstSeenTicks(ticks, now)));
        }
    }

    /// <summary>Whether <see cref="Lag"/> is over the consumer's threshold.</summary>
    public bool IsLagging => Lag > _options.LagAlert;

    /// <summary>Whether an event was handled, or passed over by a filter, within the consumer's activity time to live.</summary>
    public bool IsActive => Volatile.Read(ref _lastPassedTicks) is var ticks and not Never
        && Age(new DateTimeOffset(ticks, TimeSpan.Zero)) < _options.ActivityTimeToLive;

    /// <summary>
    /// Whether the consumer is stuck on an event, or can't read; whoever runs it says so, and when it begins anew. The next event that
    /// is handled or passed over ends it too.
    /// </summary>
    public bool IsStuck
    {
        get => Volatile.Read(ref _stuckSinceTicks) != Never;
        set
        {
            if (value)
            {
                Interlocked.CompareExchange(ref _stuckSinceTicks, _timeProvider.GetUtcNow().UtcTicks, Never);
            }
            else if (IsStuck)
            {
                Volatile.Write(ref _stuckSinceTicks, Never);
            }
        }
    }

    /// <summary>Since when the consumer is stuck; null when it isn't.</summary>
    internal StuckConsumer? Stuck => Volatile.Read(ref _stuckSinceTicks) is var ticks and not Never
        ? new StuckConsumer(_stream, _partition, _options.Name, new DateTimeOffset(ticks, TimeSpan.Zero))
        : null;

    /// <summary>Whether anybody wants to know how long the logic takes.</summary>
    internal bool MeasuresLatency => _instruments.Latency.Enabled;

    internal KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>An event was skipped by hand.</summary>
    public void OnSkipped() => _instruments.Skipped.Add(1, Tags);

    /// <summary>Ends the metrics of this consumer.</summary>
    public void Dispose() => _instruments.Remove(this);

    internal void OnHandOver(Event e)
    {
        var timestamp = e.Timestamp;
        Volatile.Write(ref _waitingSinceTicks, timestamp.UtcTicks);
        if (_instruments.EventAge.Enabled)
        {
            _instruments.EventAge.Record(Age(timestamp).TotalSeconds, Tags);
        }
    }

    /// <summary>An event was handled; the latency is null when it wasn't measured.</summary>
    internal void OnHandled(Event e, TimeSpan? latency)
    {
        OnPassed(e);
        if (latency is { } measured)
        {
            _instruments.Latency.Record(measured.TotalSeconds, Tags);
        }
    }

    internal void OnFiltered(Event e)
    {
        OnPassed(e);
        _instruments.Skipped.Add(1, Tags);
    }

    internal void OnRecovered() => _instruments.Recovered.Add(1, Tags);

    internal void OnError() => _instruments.Errors.Add(1, Tags);

    /// <summary>The consumer is past the event, so that its lag is no longer that of an earlier one.</summary>
    private void OnPassed(Event e)
    {
        // One look at the clock for each event: several would be the most of what an event without logic costs.
        var now = _timeProvider.GetUtcNow();
        Volatile.Write(ref _lastLagTicks, Math.Max(0, (now - e.Timestamp).Ticks));
        Volatile.Write(ref _waitingSinceTicks, Never);
        Volatile.Write(ref _lastPassedTicks, now.UtcTicks);
        IsStuck = false;
    }

    /// <summary>
    /// When somebody asked first while the consumer was at an event from the future; now for any other. Here, and not when the event is
    /// handed over, which is no time to look at the clock once more.
    /// </summary>
    private long FirstSeenTicks(long timestamp, long now)
    {
        var passed = Volatile.Read(ref _lastPassedTicks);
        var seen = _seenAhead;
        if (seen is not null && seen.Timestamp == timestamp && seen.Passed == passed && seen.At <= now)
        {
            return seen.At;
        }

        _seenAhead = timestamp > now ? new SeenAhead(timestamp, passed, now) : null;
        return now;
    }

    private TimeSpan Age(DateTimeOffset timestamp)
    {
        var age = _timeProvider.GetUtcNow() - timestamp;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    /// <summary>An event from the future that the consumer was at when somebody asked.</summary>
    /// <param name="Timestamp">The event's.</param>
    /// <param name="Passed">When the one before it was passed, which tells it from another one of the same timestamp.</param>
    /// <param name="At">When that was.</param>
    private sealed record SeenAhead(long Timestamp, long Passed, long At);
}
