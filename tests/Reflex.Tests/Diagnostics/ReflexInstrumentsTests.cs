using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Tests.Support;

namespace Reflex.Tests.Diagnostics;

public sealed class ReflexInstrumentsTests
{
    // Dashboards and alerts are built on these: a change breaks them.
    private static readonly string[] Published =
    [
        "reflex.append.duration s Histogram",
        "reflex.append.events {event} Counter",
        "reflex.clock.jumps {jump} Counter",
        "reflex.consumer.active  ObservableGauge",
        "reflex.consumer.error.count  Counter",
        "reflex.consumer.event.age s Histogram",
        "reflex.consumer.lag s ObservableGauge",
        "reflex.consumer.lag.alert  ObservableGauge",
        "reflex.consumer.latency s Histogram",
        "reflex.consumer.recovered.errors.count  Counter",
        "reflex.consumer.skipped.events.count  Counter",
        "reflex.log.failures {failure} Counter",
    ];

    [Fact]
    public void Create_Instruments_HavePublishedNamesAndUnitsAndDescriptions()
    {
        var meters = new TestMeters();
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == meters)
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        using var instruments = new ReflexInstruments(meters, TimeProvider.System);
        Assert.Equal(Published, found.Select(i => $"{i.Name} {i.Unit} {i.GetType().Name.Split('`')[0]}").Order(StringComparer.Ordinal));
        Assert.All(found, instrument => Assert.NotEmpty(instrument.Description!));
    }

    [Fact]
    public async Task Append_Durable_CountsEventsAndTime()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var events = new MetricCollector<long>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.append.events");
        using var durations = new MetricCollector<double>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.append.duration");
        var gate = partition.Script.BeforeStore = new Gate();
        var append = partition.AppendAsync(5);
        await gate.Arrived;
        partition.Clock.Advance(TimeSpan.FromMilliseconds(7));
        gate.Open();
        await append;
        var counted = Assert.Single(events.GetMeasurementSnapshot());
        Assert.Equal(5, counted.Value);
        Assert.Equal([("partition", 3), ("stream", "orders")], counted.Tags.OrderBy(t => t.Key).Select(t => (t.Key, t.Value!)));
        var duration = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.Equal(0.007, duration.Value, precision: 6);
        Assert.Equal(["stream"], duration.Tags.Keys);
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
