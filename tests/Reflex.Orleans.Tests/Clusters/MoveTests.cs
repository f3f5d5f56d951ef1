using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Silos that come and go, orderly or not.</summary>
public sealed class MoveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_ThatStops_HandsItsPartitionsAndConsumersOnWithoutAnEventTwice()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen));
        await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders", 16), Token);
        await cluster.AppendAsync(80);
        await seen.ReachesAsync(80);
        var places = await cluster.Silos[0].PlacesAsync("reflex.consumer");
        Assert.Equal(3, places.Values.Distinct().Count());

        foreach (var silo in cluster.Silos.Skip(1).ToList())
        {
            await cluster.StopAsync(silo);
            await cluster.AppendAsync(80);
        }

        await seen.ReachesAsync(240);
        Assert.Distinct(seen.Events.Select(e => (e.Partition, e.Id)));
        Assert.Equal(240, seen.Events.Count);
    }

    [Fact]
    public async Task Silo_ThatIsKilled_LosesNothing()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen));
        await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders", 16), Token);
        await cluster.AppendAsync(80);
        await seen.ReachesAsync(80);

        foreach (var silo in cluster.Silos.Skip(1).ToList())
        {
            await cluster.KillAsync(silo);

            // One that was on its way to the silo may have been carried out though it failed.
            await Asking.AgainAsync(async () =>
            {
                await cluster.AppendAsync(80);
                return true;
            });
        }

        // What the killed silos had handled in their last flush window may come again.
        await Asking.UntilAsync(
            () => cluster.Silos[0].Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token), status => status.LagEvents == 0);
        var partitions = (await cluster.Silos[0].Reflex.GetStream("orders").GetStatusAsync(Token)).Partitions;
        var events = seen.Events.Select(e => (e.Partition, e.Id)).Distinct().Count();
        Assert.Equal(partitions.Sum(partition => partition.Head.Value), events);
        Assert.True(events >= 240);
    }
}
