using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Reflex.Diagnostics;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>What each silo tells of what it has.</summary>
public sealed class SpreadMetricTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_TellWhatTheyHaveAndWhatWentAway()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            options => options.SpreadInterval = TimeSpan.FromSeconds(1), reflex => reflex.AddStream("orders", 16).AddSeeing(seen));
        var stays = cluster.Silos[0];
        await cluster.AppendAsync(32);
        await seen.ReachesAsync(32);
        await HasAsync(stays, (16, 16));
        using var joined = new MetricCollector<long>(Meters(stays), ReflexDiagnostics.MeterName, "reflex.silo.moves");

        var stops = await cluster.AddAsync(reflex => reflex.AddSeeing(seen));

        // Even is what differs by two at most.
        await Asking.UntilAsync(() => Task.FromResult((Stays: Has(stays), Stops: Has(stops))), has =>
            has.Stays.Partitions + has.Stops.Partitions == 16 && has.Stays.Consumers + has.Stops.Consumers == 16
            && has.Stays is { Partitions: >= 7 and <= 9, Consumers: >= 7 and <= 9 });
        await Asking.UntilAsync(() => Task.FromResult((Has: Has(stops), Moved: Moved(joined))), one => one.Moved == one.Has);

        using var stopped = new MetricCollector<long>(Meters(stops), ReflexDiagnostics.MeterName, "reflex.silo.moves");
        await cluster.StopAsync(stops);

        // All that went there has come back.
        await HasAsync(stays, (16, 16));
        Assert.Equal(Moved(joined), Moved(stopped));
        Assert.InRange(Moved(stopped).Partitions, 7, 9);
        Assert.Equal(0, Gauge(stays, "reflex.silo.partitions.failed"));
    }

    private static Task HasAsync(ClusterSilo silo, (int Partitions, int Consumers) expected) =>
        Asking.UntilAsync(() => Task.FromResult(Has(silo)), has => has == expected);

    private static (int Partitions, int Consumers) Has(ClusterSilo silo) =>
        (Gauge(silo, "reflex.silo.partitions"), Gauge(silo, "reflex.silo.consumers"));

    private static (long Partitions, long Consumers) Moved(MetricCollector<long> moves)
    {
        var moved = moves.GetMeasurementSnapshot().ToLookup(move => (string)move.Tags["kind"]!, move => move.Value);
        return (moved["partition"].Sum(), moved["consumer"].Sum());
    }

    private static int Gauge(ClusterSilo silo, string name)
    {
        using var gauge = new MetricCollector<int>(Meters(silo), ReflexDiagnostics.MeterName, name);
        gauge.RecordObservableInstruments();
        return Assert.Single(gauge.GetMeasurementSnapshot()).Value;
    }

    private static IMeterFactory Meters(ClusterSilo silo) => silo.Services.GetRequiredService<IMeterFactory>();
}
