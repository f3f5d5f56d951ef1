using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Reflex.Diagnostics;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

public sealed class PartitionInstrumentsTests
{
    // Dashboards and alerts are built on these: a change breaks them.
    private static readonly string[] Published =
    [
        "reflex.append.duration s Histogram",
        "reflex.append.events {event} Counter",
        "reflex.append.queued By ObservableGauge",
        "reflex.append.refused {append} Counter",
        "reflex.append.size By Counter",
        "reflex.clock.jumps {jump} Counter",
        "reflex.log.commit.duration s Histogram",
        "reflex.log.failures {failure} Counter",
        "reflex.log.openings {opening} Counter",
        "reflex.read.size By Counter",
        "reflex.read.waiting {reader} ObservableGauge",
        "reflex.storage.failing  ObservableGauge",
        "reflex.storage.slowest s ObservableGauge",
    ];

    [Fact]
    public void Create_Instruments_HavePublishedNamesAndUnitsAndDescriptions()
    {
        var found = TestMeters.Published(meters => new PartitionInstruments(meters, new CommitTimes(TimeProvider.System)));
        Assert.Equal(Published, found.Select(i => $"{i.Name} {i.Unit} {i.GetType().Name.Split('`')[0]}").Order(StringComparer.Ordinal));
        Assert.All(found, instrument => Assert.NotEmpty(instrument.Description!));
    }

    [Fact]
    public async Task Append_Durable_CountsEventsAndTime()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var events = new MetricCollector<long>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.append.events");
        using var durations = new MetricCollector<double>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.append.duration");
        await AppendIn7MillisecondsAsync(partition);
        var counted = Assert.Single(events.GetMeasurementSnapshot());
        Assert.Equal(5, counted.Value);
        Assert.Equal([("partition", 3), ("stream", "orders")], counted.Tags.OrderBy(t => t.Key).Select(t => (t.Key, t.Value!)));
        var duration = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.Equal(0.007, duration.Value, precision: 6);
        Assert.Equal(["stream"], duration.Tags.Keys);
    }

    [Fact]
    public async Task Append_Durable_CountsItsBytesAndTheStoragesTime()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var bytes = new MetricCollector<long>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.append.size");
        using var commits = new MetricCollector<double>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.log.commit.duration");
        await AppendIn7MillisecondsAsync(partition);

        var stored = await partition.ReadAsync(after: null);
        Assert.Equal(stored.Batches().Sum(batch => batch.Bytes.Length), Assert.Single(bytes.GetMeasurementSnapshot()).Value);
        Assert.Equal(0.007, Assert.Single(commits.GetMeasurementSnapshot()).Value, precision: 6);
    }

    [Fact]
    public async Task Append_ThatFails_IsCountedByItsCode()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var refused = new MetricCollector<long>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.append.refused");
        partition.Script.FaultBeforeStore = new IOException("the disk is gone");

        await Assert.ThrowsAsync<LogFailedException>(() => partition.AppendAsync(5));
        await Assert.ThrowsAsync<LogFailedException>(() => partition.AppendAsync(1));

        Assert.Equal(
            [("log-failed", 1), ("log-failed", 1)], refused.GetMeasurementSnapshot().Select(m => ((string)m.Tags["reason"]!, m.Value)));
    }

    private static async Task AppendIn7MillisecondsAsync(TestPartition partition)
    {
        var gate = partition.Script.BeforeStore = new Gate();
        var append = partition.AppendAsync(5);
        await gate.Arrived;
        partition.Clock.Advance(TimeSpan.FromMilliseconds(7));
        gate.Open();
        await append;
    }
}
