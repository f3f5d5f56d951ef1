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

    [Theory]
    [InlineData(0)] // The silo that starts first has the catalog too.
    [InlineData(1)]
    public async Task SessionsAndCursors_OfAConsumerThatAnotherSiloRuns_AreRefusedAndMoveNothing(int runsIt)
    {
        var seen = new Seen();
        Action<IReflexBuilder>[] silos = [reflex => reflex.AddStream("orders", 2), _ => { }];
        silos[runsIt] += reflex => reflex.AddSeeing(seen);
        await using var cluster = await TestCluster.StartAsync(silos);
        await cluster.AppendAsync(10);
        await seen.ReachesAsync(10);
        var other = cluster.Silos[1 - runsIt].Reflex;

        // What the newer silo runs is known a moment after it has joined.
        await AtTheHeadAsync();

        await Assert.ThrowsAsync<ConsumerConflictException>(() => other.OpenSessionAsync("orders", null, "printer", Token));
        await Assert.ThrowsAsync<ConsumerConflictException>(() => other.OpenSessionAsync("orders", 1, "printer", Token));
        await Assert.ThrowsAsync<ConsumerConflictException>(
            async () => await other.GetCursors("orders").SetAsync("printer", "1.1", Token));
        await Assert.ThrowsAsync<ConsumerConflictException>(
            async () => await other.GetCursors("orders", 0).SetAsync("printer", "1", Token));

        Assert.Equal(0, await cluster.Silos[0].CountAsync("reflex.session"));
        await cluster.AppendAsync(10);
        await seen.ReachesAsync(20);
        await AtTheHeadAsync();
        Assert.Equal(20, seen.Events.Count);

        Task AtTheHeadAsync() => Asking.UntilAsync(
            () => other.GetConsumer("orders", "printer").GetStatusAsync(Token),
            status => status is { State: ConsumerState.Running, LagEvents: 0 });
    }
}
