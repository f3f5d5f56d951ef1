using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Consumers;

public sealed class ReflexInstrumentsTests
{
    // Dashboards and alerts are built on these: a change breaks them.
    private static readonly string[] Published =
    [
        "reflex.consumer.active  ObservableGauge",
        "reflex.consumer.error.count  Counter",
        "reflex.consumer.event.age s Histogram",
        "reflex.consumer.lag s ObservableGauge",
        "reflex.consumer.lag.alert  ObservableGauge",
        "reflex.consumer.latency s Histogram",
        "reflex.consumer.recovered.errors.count  Counter",
        "reflex.consumer.skipped.events.count  Counter",
        "reflex.consumer.stuck  ObservableGauge",
    ];

    [Fact]
    public void Create_Instruments_HavePublishedNamesAndUnitsAndDescriptions()
    {
        var found = TestMeters.Published(meters => new ReflexInstruments(meters, TimeProvider.System));
        Assert.Equal(Published, found.Select(i => $"{i.Name} {i.Unit} {i.GetType().Name.Split('`')[0]}").Order(StringComparer.Ordinal));
        Assert.All(found, instrument => Assert.NotEmpty(instrument.Description!));
    }

    [Fact]
    public void Consumer_Instruments_CarryItsTags()
    {
        var meters = new TestMeters();
        var clock = new FakeTimeProvider();
        using var instruments = new ReflexInstruments(meters, clock);
        using var skipped = new MetricCollector<long>(meters, ReflexDiagnostics.MeterName, "reflex.consumer.skipped.events.count");
        using var age = new MetricCollector<double>(meters, ReflexDiagnostics.MeterName, "reflex.consumer.event.age");
        using var latency = new MetricCollector<double>(meters, ReflexDiagnostics.MeterName, "reflex.consumer.latency");
        using var consumer = instruments.ForConsumer("orders", 3, new ConsumerOptions("mailer"));
        var e = Event.Create(new EventId(1), new NewEvent(1, "1") { Timestamp = clock.GetUtcNow().AddSeconds(-4) });
        consumer.OnSkipped();
        consumer.OnHandOver(e);
        consumer.OnHandled(e, TimeSpan.FromSeconds(2));
        Assert.Equal(4, age.LastMeasurement!.Value);
        Assert.Equal(2, latency.LastMeasurement!.Value);
        var tags = skipped.LastMeasurement!.Tags.OrderBy(t => t.Key).Select(t => (t.Key, t.Value!));
        Assert.Equal([("consumer_name", "mailer"), ("partition", 3), ("stream", "orders")], tags);
    }
}
