using Reflex.Consumers;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>One consumer that has two activations on one partition at once, in silos that both live.</summary>
public sealed class TwoConsumersTests
{
    private const string Part = "reflex.consumer";
    private const string Record = "orders/0/printer";

    private readonly TestDirectory _directory = new(Part);
    private readonly Seen[] _seen = [new(), new()];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_AtTheNewerOne_EndsTheOlderOneAtItsNextWrite()
    {
        await using var cluster = await StartAsync();
        await cluster.AppendAsync(5);
        await HandledAsync(cluster, 5);
        var places = await cluster.Silos[0].PlacesAsync(Part);
        var newer = Assert.Single(cluster.Silos, silo => silo.Address != places[Record]);
        _directory.Split();
        await newer.Reflex.GetConsumer("orders", "printer").StopAsync(Token);
        Assert.Equal(2, await newer.CountAsync(Part));
        _directory.Heal();

        // The older one handles what comes, which can't be stored, and then knows.
        await cluster.AppendAsync(1);
        await Asking.UntilAsync(() => cluster.Silos[0].CountAsync(Part), count => count == 1);

        Assert.Equal(5, cluster.Storage.CursorOf(Record));
        Assert.True(cluster.Storage.IsStopped(Record));
        var status = await cluster.Silos[0].Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token);
        Assert.Equal((ConsumerState.Stopped, 1), (status.State, status.LagEvents));
    }

    [Fact]
    public async Task NewerOne_ThatWaitsForAnEvent_EndsTheOlderOneAtItsNextWrite()
    {
        await using var cluster = await StartAsync();
        await cluster.AppendAsync(5);
        await HandledAsync(cluster, 5);
        var places = await cluster.Silos[0].PlacesAsync(Part);
        var newer = Assert.Single(cluster.Silos, silo => silo.Address != places[Record]);
        var held = new TaskCompletionSource();
        _seen[newer.Address == cluster.Silos[0].Address ? 0 : 1].Before = (_, cancellation) => held.Task.WaitAsync(cancellation);
        var version = cluster.Storage.VersionOf(Record);
        _directory.Split();
        await newer.Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token);
        Assert.Equal(2, await newer.CountAsync(Part));
        await Asking.UntilAsync(() => Task.FromResult(cluster.Storage.VersionOf(Record)), found => found > version);
        _directory.Heal();

        await cluster.AppendAsync(1);
        await Asking.UntilAsync(() => cluster.Silos[0].CountAsync(Part), count => count == 1);

        Assert.Equal(5, cluster.Storage.CursorOf(Record));
        held.SetResult();
        await HandledAsync(cluster, 6);
    }

    private static Task HandledAsync(TestCluster cluster, long head) =>
        Asking.UntilAsync(() => Task.FromResult(cluster.Storage.CursorOf(Record)), cursor => cursor == head);

    private Task<TestCluster> StartAsync() => TestCluster.StartAsync(
        reflex => _directory.AddTo(reflex).AddStream("orders").AddSeeing(_seen[0]),
        reflex => _directory.AddTo(reflex).AddSeeing(_seen[1]));
}
