using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Diagnostics;

/// <summary>The metrics of one running consumer. Thread-safe.</summary>
public sealed class ConsumerInstruments : IDisposable
{
    private const long Never = long.MinValue;

    private readonly ReflexInstruments _instruments;
    private readonly TimeProvider _timeProvider;
    private readonly ConsumerOptions _options;
    private long _waitingSinceTicks = Never;
    private long _lastLagTicks;
    private long _lastPassed = Never;

    internal ConsumerInstruments(
        ReflexInstruments instruments, TimeProvider timeProvider, string stream, int? partition, ConsumerOptions options)
    {
        _instruments = instruments;
        _timeProvider = timeProvider;
        _options = options;
        Tags = partition is { } index
            ? [new("consumer_name", options.Name.Value), new("stream", stream), new("partition", index)]
            : [new("consumer_name", options.Name.Value), new("stream", stream)];
    }

    /// <summary>The age of the event that the consumer is handling or stuck on; else of the last one, when it was handled.</summary>
    public TimeSpan Lag => Interlocked.Read(ref _waitingSinceTicks) is var ticks and not Never
        ? Age(new DateTimeOffset(ticks, TimeSpan.Zero))
        : TimeSpan.FromTicks(Interlocked.Read(ref _lastLagTicks));

    /// <summary>Whether <see cref="Lag"/> is over the consumer's threshold.</summary>
    public bool IsLagging => Lag > _options.LagAlert;

    /// <summary>Whether an event was handled, or passed over by a filter, within the consumer's activity time to live.</summary>
    public bool IsActive => Interlocked.Read(ref _lastPassed) is var last and not Never
        && _timeProvider.GetElapsedTime(last) < _options.ActivityTimeToLive;

    internal KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>An event was skipped by hand.</summary>
    public void OnSkipped() => _instruments.Skipped.Add(1, Tags);

    /// <summary>Ends the metrics of this consumer.</summary>
    public void Dispose() => _instruments.Remove(this);

    internal void OnHandOver(Event e)
    {
        var timestamp = e.Timestamp;
        Interlocked.Exchange(ref _waitingSinceTicks, timestamp.UtcTicks);
        if (_instruments.EventAge.Enabled)
        {
            _instruments.EventAge.Record(Age(timestamp).TotalSeconds, Tags);
        }
    }

    internal void OnHandled(Event e, TimeSpan latency)
    {
        OnPassed(e);
        if (_instruments.Latency.Enabled)
        {
            _instruments.Latency.Record(latency.TotalSeconds, Tags);
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
        Interlocked.Exchange(ref _lastLagTicks, Age(e.Timestamp).Ticks);
        Interlocked.Exchange(ref _waitingSinceTicks, Never);
        Interlocked.Exchange(ref _lastPassed, _timeProvider.GetTimestamp());
    }

    private TimeSpan Age(DateTimeOffset timestamp)
    {
        var age = _timeProvider.GetUtcNow() - timestamp;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }
}
