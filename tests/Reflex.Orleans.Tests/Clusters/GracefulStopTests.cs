using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Events;
using Reflex.Orleans.Spread;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Silos that stop in order while clients outside the cluster go on.</summary>
public sealed class GracefulStopTests
{
    private const int Appenders = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_RestartedInTurnUnderLoad_FailNoAppendAndRepeatNoEvent()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen));
        await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders", 16), Token);
        await cluster.AppendAsync(80);
        var client = await cluster.ConnectAsync();
        using var enough = new CancellationTokenSource();
        var appending = Enumerable.Range(0, Appenders).Select(i => AppendAsync(client, i, enough.Token)).ToArray();

        foreach (var silo in cluster.Silos.ToList())
        {
            var before = seen.Events.Count;
            await cluster.StopAsync(silo);
            await cluster.AddAsync(reflex => reflex.AddSeeing(seen));
            await seen.ReachesAsync(before + 100);
        }

        await enough.CancelAsync();
        var appended = 80 + (await Task.WhenAll(appending)).Sum();
        await seen.ReachesAsync(appended);
        Assert.Equal(appended, seen.Events.Count);
        Assert.All(seen.Events.GroupBy(e => e.Partition), events => Assert.Equal(
            Enumerable.Range(1, events.Count()).Select(id => (long)id), events.Select(e => e.Id.Value)));
    }

    [Fact]
    public async Task Silo_ThatStops_HandsOverOneAfterAnotherBeforeOrleansEndsItsGrains()
    {
        var seen = new Seen();
        await using var cluster = await StartTwoAsync(seen);
        var stops = cluster.Silos.MaxBy(silo => LocalGrainsOf(silo).Of(MovableKind.Consumer).Count)!;
        var stays = cluster.Silos.Single(silo => silo != stops);
        var own = LocalGrainsOf(stops);
        Assert.False(own.IsEmpty);
        var logs = stops.Logs;

        await cluster.StopAsync(stops);

        Assert.Contains(logs.GetSnapshot(), line =>
            line.Level == LogLevel.Information && line.Message.Contains("consumers go on in 1 others", StringComparison.Ordinal));
        Assert.True(own.IsEmpty);

        // One that was just on its way to the silo that stops is placed anew by the next call.
        await Asking.UntilAsync(
            () => Task.FromResult(LocalGrainsOf(stays)),
            grains => grains.Of(MovableKind.Partition).Count == 16 && grains.Of(MovableKind.Consumer).Count == 16);
    }

    /// <summary>The storage is away when the cursors are to be stored, and back a little later: nobody handles an event again.</summary>
    [Fact]
    public async Task Silo_ThatStopsWhileTheStorageFails_StoresItsCursorsBeforeItGoes()
    {
        var seen = new Seen();
        await using var cluster = await StartTwoAsync(seen);
        var stops = cluster.Silos.MaxBy(silo => LocalGrainsOf(silo).Of(MovableKind.Consumer).Count)!;
        var failures = 100;
        cluster.Storage.BeforeWrite = () => Interlocked.Decrement(ref failures) >= 0 ? throw new IOException("away") : Task.CompletedTask;
        await cluster.AppendAsync(80);
        await seen.ReachesAsync(160);

        await cluster.StopAsync(stops);

        Assert.True(Volatile.Read(ref failures) < 0);
        await cluster.AppendAsync(80);
        await seen.ReachesAsync(240);
        await Asking.UntilAsync(
            () => cluster.Silos[0].Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token), status => status.LagEvents == 0);
        Assert.Equal(240, seen.Events.Count);
    }

    [Fact]
    public async Task Silo_ThatStops_PassesOnAndAnswersAndRefusesBeforeItGoes()
    {
        var clock = new SteppedClock();
        await using var cluster = await TestCluster.StartAsync((IReflexBuilder _) => { });
        await cluster.AddAsync(reflex => reflex.Services.AddKeyedSingleton<TimeProvider>(ReflexClock.Name, clock));
        await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders", 16), Token);
        IReflexClient[] callers = [cluster.Silos[0].Reflex, await cluster.ConnectAsync()];
        await AppendToAllAsync(callers);
        var stops = cluster.Silos[1];
        var own = LocalGrainsOf(stops);
        Assert.False(own.IsEmpty);

        // Nobody else in a silo waits for as long as one of these.
        var stopping = cluster.StopAsync(stops);
        foreach (var time in new[] { SiloRelease.Forwarding, SiloRelease.Answering, SiloRelease.Refusing })
        {
            var waiting = clock.WaitAsync(time);
            Assert.Same(waiting, await Task.WhenAny(waiting, stopping));
            Assert.True(own.IsEmpty);
            await AppendToAllAsync(callers);
            clock.Advance(time);
        }

        await stopping;
        await AppendToAllAsync(callers);
    }

    [Fact]
    public async Task Silo_ThatStopsWhileAnEventIsHandled_WaitsForItAndDoesntRepeatIt()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddSeeing(seen));
        await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders", 1), Token);
        var stops = cluster.Silos[0];
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        seen.Before = (_, cancellation) =>
        {
            entered.TrySetResult();
            return leave.Task.WaitAsync(cancellation);
        };
        await cluster.AppendAsync(1);
        await entered.Task.WaitAsync(Token);
        var next = new Seen();
        await cluster.AddAsync(reflex => reflex.AddSeeing(next));

        var stopping = cluster.StopAsync(stops);
        await Asking.UntilAsync(
            () => Task.FromResult(stops.Services.GetRequiredService<SiloDrain>().Begun.IsCancellationRequested), isBegun => isBegun);
        leave.SetResult();
        await stopping;
        await cluster.AppendAsync(1);

        await next.ReachesAsync(1);
        Assert.Equal([1L], seen.Events.Select(e => e.Id.Value));
        Assert.Equal([2L], next.Events.Select(e => e.Id.Value));
    }

    /// <summary>Two silos, whose consumers have handled 80 events.</summary>
    private static async Task<TestCluster> StartTwoAsync(Seen seen)
    {
        var cluster = await TestCluster.StartAsync(reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen));
        await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders", 16), Token);
        await cluster.AppendAsync(80);
        await seen.ReachesAsync(80);
        return cluster;
    }

    private static LocalGrains LocalGrainsOf(ClusterSilo silo) => silo.Services.GetRequiredService<LocalGrains>();

    private static Task AppendToAllAsync(IEnumerable<IReflexClient> callers) => Task.WhenAll(callers.SelectMany(
        _ => Enumerable.Range(0, 80),
        (caller, i) => caller.GetStream("orders").AppendAsync(new NewEvent(1, $"entity-{i}"), Token)));

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
