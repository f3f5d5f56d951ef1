using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Events;
using Reflex.Orleans.Spread;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Partitions and consumers follow when silos join.</summary>
public sealed class SpreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_ThatJoinsUnderLoad_GetsItsShareAndNothingIsRefusedOrRepeated()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            Often, reflex => reflex.AddStream("orders", 24).AddSeeing(seen), reflex => reflex.AddSeeing(seen));
        var client = await cluster.ConnectAsync();
        using var enough = new CancellationTokenSource();
        var appending = Enumerable.Range(0, 4).Select(i => AppendAsync(client, i, enough.Token)).ToArray();
        await seen.ReachesAsync(100);

        await cluster.AddAsync(reflex => reflex.AddSeeing(seen));

        await EvenAsync(cluster, 24, 24);
        await enough.CancelAsync();
        var appended = (await Task.WhenAll(appending)).Sum();
        await seen.ReachesAsync(appended);
        Assert.Equal(appended, seen.Events.Count);
        Assert.All(seen.Events.GroupBy(e => e.Partition), events => Assert.Equal(
            Enumerable.Range(1, events.Count()).Select(id => (long)id), events.Select(e => e.Id.Value)));

        // It is said when all of them have gone, a moment after the last one is where it belongs.
        await Asking.UntilAsync(
            () => Task.FromResult(cluster.Silos.SelectMany(silo => silo.Logs.GetSnapshot())),
            lines => lines.Any(line =>
                line.Level == LogLevel.Information && line.Message.Contains("to others that had fewer", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Silo_ThatCannotRunAConsumer_GetsPartitionsOnly()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            Often, reflex => reflex.AddStream("orders", 12).AddSeeing(seen));
        await cluster.AppendAsync(60);
        await seen.ReachesAsync(60);

        var other = await cluster.AddAsync(_ => { });

        await Asking.UntilAsync(
            () => Task.FromResult(other.Services.GetRequiredService<LocalGrains>().Of(MovableKind.Partition).Count), count => count == 6);
        Assert.Empty(other.Services.GetRequiredService<LocalGrains>().Of(MovableKind.Consumer));
        await cluster.AppendAsync(60);
        await seen.ReachesAsync(120);
        Assert.Equal(120, seen.Events.Count);
    }

    [Fact]
    public async Task Consumer_InTheMiddleOfAnEvent_StaysAndAnotherOneGoes()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new Seen
        {
            Before = (e, cancellation) =>
            {
                if (e.Partition != 0)
                {
                    return Task.CompletedTask;
                }

                entered.TrySetResult();
                return held.Task.WaitAsync(cancellation);
            },
        };
        var second = new Seen();
        await using var cluster = await TestCluster.StartAsync(Often, reflex => reflex.AddStream("orders", 8).AddSeeing(first));
        await cluster.AppendAsync(80);
        await entered.Task.WaitAsync(Token);

        await cluster.AddAsync(reflex => reflex.AddSeeing(second));

        await EvenAsync(cluster, 8, 8);
        Assert.Contains(
            cluster.Silos[0].Services.GetRequiredService<LocalGrains>().Of(MovableKind.Consumer), grain => grain.Partition.Index == 0);
        held.SetResult();
        await Asking.UntilAsync(
            () => cluster.Silos[0].Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token), status => status.LagEvents == 0);
        Assert.Equal(80, first.Events.Count + second.Events.Count);
    }

    private static void Often(ReflexOptions options) => options.SpreadInterval = TimeSpan.FromSeconds(1);

    /// <summary>Ends when the silos differ by two at most.</summary>
    private static async Task EvenAsync(TestCluster cluster, int partitions, int consumers) => await Asking.UntilAsync(
        () => Task.FromResult(cluster.Silos.Select(silo => silo.Services.GetRequiredService<LocalGrains>()).ToList()),
        silos => IsEven(silos, MovableKind.Partition, partitions) && IsEven(silos, MovableKind.Consumer, consumers));

    private static bool IsEven(List<LocalGrains> silos, MovableKind kind, int all)
    {
        var counts = silos.ConvertAll(silo => silo.Of(kind).Count);
        return counts.Sum() == all && counts.Max() - counts.Min() <= 2;
    }

    private static async Task<int> AppendAsync(IReflexClient client, int appender, CancellationToken enough)
    {
        var stream = client.GetStream("orders");
        var count = 0;
        while (!enough.IsCancellationRequested)
        {
            await stream.AppendAsync(new NewEvent(1, $"entity-{appender}-{count}"), Token);
            count++;
        }

        return count;
    }
}
