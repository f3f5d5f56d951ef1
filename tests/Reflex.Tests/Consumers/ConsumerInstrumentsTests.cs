using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Consumers;

public sealed class ConsumerInstrumentsTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TestMeters _meters = new();
    private readonly ReflexInstruments _instruments;
    private readonly ConsumerInstruments _consumer;

    public ConsumerInstrumentsTests()
    {
        _instruments = new ReflexInstruments(_meters, _clock);
        _consumer = _instruments.ForConsumer("orders", 3, new ConsumerOptions("mailer"));
    }

    [Fact]
    public void Lag_WhileAnEventIsHandled_GrowsAndThenStaysAsItWas()
    {
        Assert.Equal(TimeSpan.Zero, _consumer.Lag);
        var e = EventOfNow();
        _clock.Advance(TimeSpan.FromSeconds(10));
        _consumer.OnHandOver(e);
        Assert.Equal(TimeSpan.FromSeconds(10), _consumer.Lag);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(15), _consumer.Lag);
        _consumer.OnHandled(e, TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(15), _consumer.Lag);
    }

    [Fact]
    public void Lag_FilteredEvents_IsTheirs()
    {
        var old = EventOfNow();
        _clock.Advance(TimeSpan.FromHours(10));
        _consumer.OnHandOver(old);
        _consumer.OnHandled(old, TimeSpan.Zero);
        Assert.True(_consumer.IsLagging);
        var young = EventOfNow();
        _consumer.OnHandOver(young);
        _consumer.OnFiltered(young);
        Assert.Equal(TimeSpan.Zero, _consumer.Lag);
        Assert.False(_consumer.IsLagging);
    }

    [Fact]
    public void Lag_EventOfTheFuture_GrowsSinceSomebodyLookedFirst()
    {
        var ahead = Event.Create(new EventId(1), new NewEvent(1, "1") { Timestamp = _clock.GetUtcNow().AddYears(30) });
        _consumer.OnHandOver(ahead);
        Assert.Equal(TimeSpan.Zero, _consumer.Lag);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(1), _consumer.Lag);
        Assert.True(_consumer.IsLagging);

        // The next one of the same moment is another one.
        _consumer.OnHandled(ahead, latency: null);
        Assert.Equal(TimeSpan.Zero, _consumer.Lag);
        _consumer.OnHandOver(ahead);
        Assert.Equal(TimeSpan.Zero, _consumer.Lag);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(1), _consumer.Lag);

        // Nor does it fall when the event's time has come.
        _clock.Advance(TimeSpan.FromDays(31 * 366));
        Assert.Equal(TimeSpan.FromDays(31 * 366) + TimeSpan.FromMinutes(1), _consumer.Lag);
    }

    [Fact]
    public void LagAlert_StuckConsumer_RisesOverTheThreshold()
    {
        using var alert = Gauge("reflex.consumer.lag.alert");
        _consumer.OnHandOver(EventOfNow());
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, Observe(alert));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, Observe(alert));
    }

    [Fact]
    public void Active_AfterAnEvent_FallsWithItsTimeToLive()
    {
        using var active = Gauge("reflex.consumer.active");
        Assert.Equal(0, Observe(active));
        _consumer.OnFiltered(EventOfNow());
        Assert.Equal(1, Observe(active));
        _clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        Assert.Equal(1, Observe(active));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, Observe(active));
    }

    [Fact]
    public void Dispose_OfOneConsumer_EndsItsGaugesOnly()
    {
        using var lag = Gauge("reflex.consumer.lag");
        using var other = _instruments.ForConsumer("orders", null, new ConsumerOptions("biller"));
        lag.RecordObservableInstruments();
        Assert.Equal(2, lag.GetMeasurementSnapshot(clear: true).Count);
        _consumer.Dispose();
        lag.RecordObservableInstruments();
        var left = Assert.Single(lag.GetMeasurementSnapshot());
        Assert.Equal("biller", left.Tags["consumer_name"]);
        Assert.False(left.Tags.ContainsKey("partition"));
    }

    private Event EventOfNow() => Event.Create(new EventId(1), new NewEvent(1, "1") { Timestamp = _clock.GetUtcNow() });

    private MetricCollector<double> Gauge(string name) => new(_meters, ReflexDiagnostics.MeterName, name);

    private static double Observe(MetricCollector<double> gauge)
    {
        gauge.RecordObservableInstruments();
        return gauge.LastMeasurement!.Value;
    }
}
