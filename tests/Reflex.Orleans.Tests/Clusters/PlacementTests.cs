using Reflex.Consumers;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Silos that can run different consumers make one cluster.</summary>
public sealed class PlacementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumers_OfDifferentSilos_RunEachWhereItIsRegistered()
    {
        var seen = new Seen();
        var other = new OtherSeen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddStream("orders", 8).AddSeeing(seen),
            _ => { },
            reflex => reflex.AddOther(other));
        var silos = cluster.Silos;

        await cluster.AppendAsync(100);

        await seen.ReachesAsync(100);
        await other.ReachesAsync(100);
        var places = await silos[1].PlacesAsync("reflex.consumer");
        Assert.Equal(16, places.Count);
        Assert.All(places, place => Assert.Equal(
            place.Key.EndsWith("/printer", StringComparison.Ordinal) ? silos[0].Address : silos[2].Address, place.Value));
        foreach (var silo in silos)
        {
            Assert.Equal(
                [new ConsumerId("orders", "other"), new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));
            await Asking.UntilAsync(
                () => silo.Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token), status => status.LagEvents == 0);
        }
    }
}
