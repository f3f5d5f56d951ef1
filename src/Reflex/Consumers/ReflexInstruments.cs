using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Reflex.Diagnostics;

namespace Reflex.Consumers;

/// <summary>The metrics of consumers. One for each meter factory; thread-safe.</summary>
/// <remarks>
/// They mean what the Go library's mean, and in Prometheus form have its names. Tags are names that operators chose (stream, partition,
/// consumer), never ids of events or entities.
/// </remarks>
public sealed class ReflexInstruments : IDisposable
{
    private readonly ConcurrentDictionary<ConsumerInstruments, byte> _consumers = new();
    private readonly Meter _meter;
    private readonly TimeProvider _timeProvider;

    /// <summary>Makes the meter <see cref="ReflexDiagnostics.MeterName"/> and what consumers are measured with.</summary>
    /// <param name="meterFactory">Makes the meter, which it owns.</param>
    /// <param name="timeProvider">The clock that ages are told by.</param>
    public ReflexInstruments(IMeterFactory meterFactory, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
        _meter = meterFactory.Create(ReflexDiagnostics.MeterName);
        EventAge = _meter.CreateHistogram(
            "reflex.consumer.event.age", "s", "The age of events when they are handed over.", advice: Latencies);
        Latency = _meter.CreateHistogram("reflex.consumer.latency", "s", "How long the consumer's logic takes.", advice: Latencies);
        Errors = _meter.CreateCounter<long>("reflex.consumer.error.count", description: "Runs that ended with an error.");
        Recovered = _meter.CreateCounter<long>(
            "reflex.consumer.recovered.errors.count", description: "Errors that a recovery function swallowed.");
        Skipped = _meter.CreateCounter<long>(
            "reflex.consumer.skipped.events.count",
            description: "Events that were not handed over: by a filter, or skipped by hand.");
        _meter.CreateObservableGauge(
            "reflex.consumer.lag", () => Observe(c => c.Lag.TotalSeconds), "s", "The age of the event that the consumer is at.");
        _meter.CreateObservableGauge(
            "reflex.consumer.lag.alert",
            () => Observe(c => c.IsLagging ? 1 : 0),
            description: "1 while the lag is over the consumer's threshold.");
        _meter.CreateObservableGauge(
            "reflex.consumer.stuck",
            ObserveStuck,
            description: "1 while the consumer can't get past an event, or can't read; else there is none.");
        _meter.CreateObservableGauge(
            "reflex.consumer.active",
            () => Observe(c => c.IsActive ? 1 : 0),
            description: "1 while the consumer has got past an event within its activity time to live.");
    }

    /// <summary>The consumers that are stuck now, those first that are so the longest.</summary>
    public IReadOnlyList<StuckConsumer> Stuck =>
        [.. _consumers.Keys.Select(consumer => consumer.Stuck).OfType<StuckConsumer>().OrderBy(stuck => stuck.Since)];

    // From the handling of an event in memory to the lag alert's 30 minutes.
    private static InstrumentAdvice<double> Latencies { get; } = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 1800],
    };

    internal Histogram<double> EventAge { get; }

    internal Histogram<double> Latency { get; }

    internal Counter<long> Errors { get; }

    internal Counter<long> Recovered { get; }

    internal Counter<long> Skipped { get; }

    /// <summary>Starts the metrics of a running consumer.</summary>
    /// <param name="stream">The stream that it consumes; empty when it has no name.</param>
    /// <param name="partition">The partition; null for a whole stream.</param>
    /// <param name="options">The consumer.</param>
    /// <returns>Its metrics, to be disposed when it no longer runs here.</returns>
    public ConsumerInstruments ForConsumer(string stream, int? partition, ConsumerOptions options)
    {
        var consumer = new ConsumerInstruments(this, _timeProvider, stream, partition, options);
        _consumers.TryAdd(consumer, 0);
        return consumer;
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Remove(ConsumerInstruments consumer) => _consumers.TryRemove(consumer, out _);

    // A cluster may have ten thousand consumers, of which hardly any is stuck: a line for each would be a quarter of what is scraped.
    private IEnumerable<Measurement<double>> ObserveStuck() =>
        _consumers.Keys.Where(consumer => consumer.IsStuck).Select(consumer => new Measurement<double>(1, consumer.Tags));

    private IEnumerable<Measurement<double>> Observe(Func<ConsumerInstruments, double> value)
    {
        foreach (var (consumer, _) in _consumers)
        {
            yield return new Measurement<double>(value(consumer), consumer.Tags);
        }
    }
}
