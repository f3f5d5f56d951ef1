using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Rolling upgrades, which add consumers, remove them, or have other grains run them.</summary>
public sealed class RegistrationChangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumer_WhoseClassBecomesAGrain_IsRunByTheGrainOnceNoSiloHasTheClass()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddStream("orders", 4).AddSeeing(seen));
        await cluster.AppendAsync(20);
        await seen.ReachesAsync(20);

        var newer = await cluster.AddAsync(reflex => reflex.AddConsumerGrain<CountingGrain>("printer", "orders"));
        await cluster.AppendAsync(20);
        await seen.ReachesAsync(40);
        Assert.Equal(4, (await newer.PlacesAsync("reflex.consumer")).Count);

        await cluster.StopAsync(cluster.Silos[0]);
        await cluster.AppendAsync(20);

        var status = await UntilHandledAsync(newer, "printer", 60);
        Assert.Equal(ConsumerState.Running, status.State);
        Assert.Equal(40, seen.Events.Count);
        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            partition => newer.Grains.GetGrain<ICountingGrain>($"orders/{partition}/printer").CountAsync()));
        Assert.Equal(20, counts.Sum());
    }

    [Fact]
    public async Task Consumer_ThatNoSiloHasAnyMore_IsShownKeepsItsCursorAndCanBeRemoved()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddStream("orders", 2).AddSeeing(seen), _ => { });
        await cluster.AppendAsync(10);
        await seen.ReachesAsync(10);
        var silo = cluster.Silos[1];
        var consumer = silo.Reflex.GetConsumer("orders", "printer");
        await Assert.ThrowsAsync<ConsumerConflictException>(() => consumer.RemoveAsync(Token));

        await cluster.StopAsync(cluster.Silos[0]);

        var status = await Asking.UntilAsync(() => consumer.GetStatusAsync(Token), s => s.State == ConsumerState.Unregistered);
        Assert.Equal(10, status.Partitions.Sum(partition => partition.Cursor?.Id.Value ?? 0));
        Assert.Equal([new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));

        await consumer.RemoveAsync(Token);

        Assert.Empty(await silo.Reflex.ListConsumersAsync(Token));
        await Assert.ThrowsAsync<ConsumerNotFoundException>(() => consumer.GetStatusAsync(Token));
        await Assert.ThrowsAsync<ConsumerNotFoundException>(() => consumer.RemoveAsync(Token));
        Assert.Equal(Cursor.Empty, await silo.Reflex.GetCursors("orders").GetAsync("printer", Token));

        // One of that name begins anew.
        var again = new Seen();
        await cluster.AddAsync(reflex => reflex.AddSeeing(again));
        await again.ReachesAsync(10);
    }

    [Fact]
    public async Task Consumer_ThatANewerSiloAdds_RunsThereWhileTheOthersDontKnowIt()
    {
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddStream("orders", 8), _ => { });
        await cluster.AppendAsync(40);
        var seen = new Seen();

        var newer = await cluster.AddAsync(reflex => reflex.AddSeeing(seen));

        await seen.ReachesAsync(40);
        Assert.All(await newer.PlacesAsync("reflex.consumer"), place => Assert.Equal(newer.Address, place.Value));
        await UntilHandledAsync(cluster.Silos[0], "printer", 40);
    }

    [Fact]
    public async Task Consumer_ThatIsRenamed_BeginsAnewBesideTheOldOneWhichKeepsItsCursorUntilItIsRemoved()
    {
        var (before, after) = (new Seen(), new Seen());
        await using var cluster = await TestCluster.StartAsync(reflex => AddNamed(reflex.AddStream("orders", 4), "old", before));
        await cluster.AppendAsync(20);
        await before.ReachesAsync(20);

        var newer = await cluster.AddAsync(reflex => AddNamed(reflex, "new", after));

        await after.ReachesAsync(20);
        await cluster.AppendAsync(20);
        await Task.WhenAll(before.ReachesAsync(40), after.ReachesAsync(40));
        var (older, old) = (cluster.Silos[0], newer.Reflex.GetConsumer("orders", "old"));
        Assert.All(await newer.PlacesAsync("reflex.consumer"), place => Assert.Equal(
            place.Key.EndsWith("/old", StringComparison.Ordinal) ? older.Address : newer.Address, place.Value));
        await Assert.ThrowsAsync<ConsumerConflictException>(() => old.RemoveAsync(Token));

        await cluster.StopAsync(older);

        var status = await Asking.UntilAsync(() => old.GetStatusAsync(Token), s => s.State == ConsumerState.Unregistered);
        Assert.Equal(40, status.Partitions.Sum(partition => partition.Cursor?.Id.Value ?? 0));
        Assert.Equal([new ConsumerId("orders", "new"), new ConsumerId("orders", "old")], await newer.Reflex.ListConsumersAsync(Token));

        await old.RemoveAsync(Token);

        Assert.Equal([new ConsumerId("orders", "new")], await newer.Reflex.ListConsumersAsync(Token));
        Assert.All(Enumerable.Range(0, 4), partition => Assert.Null(cluster.Storage.CursorOf($"orders/{partition}/old")));
        await cluster.AppendAsync(20);
        await UntilHandledAsync(newer, "new", 60);
        Assert.Equal((40, 60), (before.Events.Count, after.Events.Count));
    }

    [Fact]
    public async Task Consumer_ThatWasRemovedWhileAProcessRemembersIt_IsRegisteredAnew()
    {
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddStream("orders"), _ => { });
        await cluster.AppendAsync(5);
        var (first, second) = (cluster.Silos[0].Reflex, cluster.Silos[1].Reflex);
        await using var session = await first.OpenSessionAsync("orders", null, "mailer", Token);
        await session.AcknowledgeAsync("3", Token);

        await second.GetConsumer("orders", "mailer").RemoveAsync(Token);

        await Assert.ThrowsAsync<SessionEndedException>(async () => await session.AcknowledgeAsync("4", Token));
        Assert.Empty(await first.ListConsumersAsync(Token));
        await first.GetCursors("orders").SetAsync("mailer", "1", Token);
        Assert.Equal([new ConsumerId("orders", "mailer")], await second.ListConsumersAsync(Token));
        Assert.Equal("1", (await second.GetCursors("orders").GetAsync("mailer", Token)).WithoutLives());
    }

    private static void AddNamed(IReflexBuilder reflex, ConsumerName name, Seen seen)
    {
        reflex.Services.AddSingleton(seen);
        reflex.AddConsumer<SeeingConsumer>(name, "orders");
    }

    private static Task<ConsumerStatus> UntilHandledAsync(ClusterSilo silo, string consumer, int events) => Asking.UntilAsync(
        () => silo.Reflex.GetConsumer("orders", consumer).GetStatusAsync(Token),
        status => status.Partitions.Sum(partition => partition.Cursor?.Id.Value ?? 0) == events);
}
