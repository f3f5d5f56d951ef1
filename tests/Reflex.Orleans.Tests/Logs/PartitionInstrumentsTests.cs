using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Reflex.Diagnostics;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

public sealed class PartitionInstrumentsTests
{
    // Dashboards and alerts are built on these: a change breaks them.
    private static readonly string[] Published =
    [
        "reflex.append.duration s Histogram",
        "reflex.append.events {event} Counter",
        "reflex.clock.jumps {jump} Counter",
        "reflex.log.failures {failure} Counter",
    ];

    [Fact]
    public void Create_Instruments_HavePublishedNamesAndUnitsAndDescriptions()
    {
        var found = TestMeters.Published(meters => new PartitionInstruments(meters));
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
}
