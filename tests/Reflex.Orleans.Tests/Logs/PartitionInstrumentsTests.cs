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

    [Fact]
    public async Task Read_Pages_AreCountedByWhereTheyComeFrom()
    {
        await using var partition = await TestPartition.OpenAsync();
        using var bytes = new MetricCollector<long>(partition.Meters, ReflexDiagnostics.MeterName, "reflex.read.size");
        await partition.AppendAsync(5);

        var recent = await partition.ReadAsync(after: 0);
        partition.Log.ForgetRecent();
        var stored = await partition.ReadAsync(after: 0);

        Assert.Equal(
            [("memory", recent.Bytes), ("log", stored.Bytes)],
            bytes.GetMeasurementSnapshot().Select(m => ((string)m.Tags["from"]!, m.Value)));
    }

    [Fact]
    public async Task Gauges_OfWhatWaits_TellItOfTheLogsThatAreOpen()
    {
        var partition = await TestPartition.OpenAsync();
        var gate = partition.Script.BeforeStore = new Gate();
        var writing = partition.AppendAsync();
        await gate.Arrived;
        var waiting = partition.AppendAsync();
        var reading = partition.ReadAsync(after: 0, wait: TimeSpan.FromMinutes(1));

        Assert.Equal(Batches.Append().Sum(batch => batch.Length), Gauge<long>("reflex.append.queued"));
        Assert.Equal(1, Gauge<long>("reflex.read.waiting"));
        Assert.Equal(0, Gauge<int>("reflex.storage.failing"));
        partition.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, Gauge<double>("reflex.storage.slowest"));
        gate.Open();
        await Task.WhenAll(writing, waiting, reading);
        partition.Script.FaultBeforeStore = new IOException("the disk is gone");
        await Assert.ThrowsAsync<LogFailedException>(() => partition.AppendAsync());
        Assert.Equal(1, Gauge<int>("reflex.storage.failing"));
        await partition.DisposeAsync();
        Assert.Equal((0, 0), (Gauge<long>("reflex.append.queued"), Gauge<long>("reflex.read.waiting")));

        T Gauge<T>(string name)
            where T : struct
        {
            using var gauge = new MetricCollector<T>(partition.Meters, ReflexDiagnostics.MeterName, name);
            gauge.RecordObservableInstruments();

            // The clock of the test partition's retention has instruments of its own, without logs.
            return gauge.GetMeasurementSnapshot().Select(m => m.Value).Max();
        }
    }

    [Fact]
    public async Task Open_Logs_AreCounted()
    {
        var meters = new TestMeters();
        using var instruments = new PartitionInstruments(meters, new CommitTimes(TimeProvider.System));
        using var openings = new MetricCollector<long>(meters, ReflexDiagnostics.MeterName, "reflex.log.openings");
        var provider = new ScriptedProvider();
        for (var i = 0; i < 2; i++)
        {
            await using var log = await PartitionLog.OpenAsync(
                provider,
                TestPartition.Id,
                new PartitionLogOptions(),
                TimeProvider.System,
                instruments,
                TestContext.Current.CancellationToken);
        }

        Assert.Equal(["orders", "orders"], openings.GetMeasurementSnapshot().Select(m => (string)m.Tags["stream"]!));
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
