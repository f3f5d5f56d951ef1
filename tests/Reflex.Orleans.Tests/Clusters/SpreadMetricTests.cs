using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Reflex.Diagnostics;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>What each silo tells of what it has.</summary>
public sealed class SpreadMetricTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_TellWhatTheyHaveAndWhatWentAway()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen));
        var (stays, stops) = (cluster.Silos[0], cluster.Silos[1]);
        await stays.Reflex.DefineStreamAsync(new StreamDefinition("orders", 16), Token);
        await cluster.AppendAsync(32);
        await seen.ReachesAsync(32);
        await SettledAsync(cluster);
        using var moves = new MetricCollector<long>(Meters(stops), ReflexDiagnostics.MeterName, "reflex.silo.moves");
        var (partitions, consumers) = (Gauge(stops, "reflex.silo.partitions"), Gauge(stops, "reflex.silo.consumers"));
        Assert.True(partitions > 0 && consumers > 0);

        await cluster.StopAsync(stops);

        var moved = moves.GetMeasurementSnapshot().ToLookup(move => (string)move.Tags["kind"]!, move => move.Value);
        Assert.Equal((partitions, consumers), (moved["partition"].Sum(), moved["consumer"].Sum()));
        await Asking.UntilAsync(
            () => Task.FromResult((Gauge(stays, "reflex.silo.partitions"), Gauge(stays, "reflex.silo.consumers"))),
            has => has == (16, 16));
        Assert.Equal(0, Gauge(stays, "reflex.silo.partitions.failed"));
    }

    /// <summary>Waits until all partitions and consumers are somewhere and none is on its way.</summary>
    private static Task SettledAsync(TestCluster cluster) => Asking.UntilAsync(
        () => Task.FromResult((
            cluster.Silos.Sum(silo => Gauge(silo, "reflex.silo.partitions")),
            cluster.Silos.Sum(silo => Gauge(silo, "reflex.silo.consumers")))),
        has => has == (16, 16));

    private static int Gauge(ClusterSilo silo, string name)
    {
        using var gauge = new MetricCollector<int>(Meters(silo), ReflexDiagnostics.MeterName, name);
        gauge.RecordObservableInstruments();
        return Assert.Single(gauge.GetMeasurementSnapshot()).Value;
    }

    private static IMeterFactory Meters(ClusterSilo silo) => silo.Services.GetRequiredService<IMeterFactory>();
}
