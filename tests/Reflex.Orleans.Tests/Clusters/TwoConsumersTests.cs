using System.Collections.Concurrent;
using Reflex.Consumers;
using Reflex.Orleans.Consumers;
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
    public async Task Cursor_OfBothAtOnce_NeverMovesBackAndNoEventIsLost()
    {
        await using var cluster = await StartAsync();
        var stored = new ConcurrentQueue<long>();
        cluster.Storage.AfterWrite = () =>
        {
            stored.Enqueue(cluster.Storage.CursorOf(Record) ?? 0);
            return Task.CompletedTask;
        };
        await cluster.AppendAsync(5);
        await HandledAsync(cluster, 5);
        _directory.Split();

        // Until each has handled some in the same time.
        var head = 5;
        while (head < 60 || !_seen.All(seen => seen.Events.Any(e => e.Id.Value > 5)))
        {
            await RunAtBothAsync(cluster);
            await cluster.AppendAsync(5);
            await HandledAsync(cluster, head += 5);
        }

        _directory.Heal();
        while (await cluster.Silos[0].CountAsync(Part) > 1)
        {
            head++;
            await cluster.AppendAsync(1);
            await HandledAsync(cluster, head);
        }

        Assert.Equal(stored.Order(), stored);
        var all = _seen.SelectMany(seen => seen.Events).Select(e => e.Id.Value).Distinct().Order().ToList();
        Assert.Equal(Enumerable.Range(1, (int)cluster.Storage.CursorOf(Record)!.Value).Select(id => (long)id), all);
        Assert.All(_seen, seen => Assert.All(RunsOf(seen), run => Assert.Equal(run.Order(), run)));
    }

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
        _directory.Heal();

        // The older one handles what comes, which can't be stored, and then knows.
        await cluster.AppendAsync(1);
        await Asking.UntilAsync(() => cluster.Silos[0].CountAsync(Part), count => count == 1);

        Assert.Equal(5, cluster.Storage.CursorOf(Record));
        Assert.True(cluster.Storage.IsStopped(Record));
        var status = await cluster.Silos[0].Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token);
        Assert.Equal((ConsumerState.Stopped, 1), (status.State, status.LagEvents));
    }

    /// <summary>What an activation has handled: from its cursor on, without a gap.</summary>
    private static IEnumerable<List<long>> RunsOf(Seen seen)
    {
        List<long> run = [];
        foreach (var id in seen.Events.Select(e => e.Id.Value))
        {
            if (run.Count > 0 && id <= run[^1])
            {
                yield return run;
                run = [];
            }

            run.Add(id);
        }

        yield return run;
    }

    private static Task HandledAsync(TestCluster cluster, long head) =>
        Asking.UntilAsync(() => Task.FromResult(cluster.Storage.CursorOf(Record)), cursor => cursor == head);

    /// <summary>Whoever calls it in one of the silos calls the activation there.</summary>
    private static Task RunAtBothAsync(TestCluster cluster) => Task.WhenAll(cluster.Silos.Select(silo =>
        silo.Grains.GetPart(GrainType.Create(Part), new ConsumerId("orders", "printer"), 0)
            .EnsureRunningAsync(EnsureRunningRequest.Instance)));

    private Task<TestCluster> StartAsync() => TestCluster.StartAsync(
        reflex => _directory.AddTo(reflex).AddStream("orders").AddSeeing(_seen[0]),
        reflex => _directory.AddTo(reflex).AddSeeing(_seen[1]));
}
