using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Hosting;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Tests.Consumers;

public sealed class ConsumerGrainTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumer_OfAPartitionedStream_SeesEveryEventOnceAndInOrder()
    {
        var seen = new Seen();
        await using var silo = await StartAsync(seen, partitions: 4);

        await AppendAsync(silo, 1_000);
        await seen.ReachesAsync(1_000);

        Assert.All(seen.Events.GroupBy(e => e.Partition), part =>
            Assert.Equal(Enumerable.Range(1, part.Count()).Select(i => (long)i), part.Select(e => e.Id.Value)));
        var status = await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.LagEvents == 0);
        Assert.Equal(ConsumerState.Running, status.State);
        Assert.Equal(1_000, status.Partitions.Sum(p => p.Cursor!.Value.Value));
        Assert.Equal(TimeSpan.Zero, status.Lag);
    }

    [Fact]
    public async Task Consumer_ThatFailsOnAnEvent_IsStuckThereWhileOthersGoOn()
    {
        var seen = new Seen();
        var neighbour = new OtherSeen();
        var isBroken = true;
        seen.Before = (e, _) => e.Type.Value == 3 && isBroken ? throw new InvalidOperationException("no ink") : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders")
                .AddConsumer<SeeingConsumer>("printer", "orders")
                .AddConsumer<OtherConsumer>("neighbour", "orders"),
            services: services => services.AddSingleton(seen).AddSingleton(neighbour));

        await AppendAsync(silo, 10);
        await neighbour.ReachesAsync(10);
        var status = await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), s => s.Partitions[0].Fault is { Attempts: > 2 });

        var part = status.Partitions[0];
        Assert.Equal(ConsumerState.Stuck, status.State);
        Assert.Equal(new EventId(3), part.Cursor);
        Assert.Equal(new EventId(4), part.Fault!.Event);
        Assert.Equal("System.InvalidOperationException: no ink", part.Fault.Error);
        Assert.True(part.Fault.NextRetry > part.Fault.Since);
        Assert.Equal((7, new EventId(10)), (part.LagEvents, part.Head));
        Assert.True(part.Lag > TimeSpan.Zero);
        Assert.Contains(silo.Logs.GetSnapshot(), log => log.Level == LogLevel.Error
            && log.Message.Contains("orders/0/printer is stuck on event 4", StringComparison.Ordinal));

        isBroken = false;
        await seen.ReachesAsync(10);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), seen.Events.Select(e => e.Id.Value));
        status = await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), s => s.State == ConsumerState.Running);
        Assert.Null(status.Partitions[0].Fault);
    }

    [Fact]
    public async Task Consumer_AfterAGracefulRestart_SeesNothingAgain()
    {
        var data = new TestData();
        for (var round = 0; round < 3; round++)
        {
            var seen = new Seen();
            await using var silo = await StartAsync(seen, partitions: 2, data: data);
            await AppendAsync(silo, 100);
            await seen.ReachesAsync(100);
            await silo.StopAsync();
            Assert.Equal(100, seen.Events.Count);
        }
    }

    [Fact]
    public async Task Consumer_WhoseSiloStops_FinishesItsEventAndStoresTheCursor()
    {
        var data = new TestData();
        var seen = new Seen();
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        seen.Before = async (e, cancellation) =>
        {
            entered.TrySetResult();
            await leave.Task.WaitAsync(cancellation);
        };
        await using (var silo = await StartAsync(seen, data: data))
        {
            await AppendAsync(silo, 3);
            await entered.Task.WaitAsync(Token);
            var stopping = silo.StopAsync();
            var drain = silo.Services.GetRequiredService<SiloDrain>();
            await Asking.UntilAsync(() => Task.FromResult(drain.Stopping.IsCancellationRequested), isStopping => isStopping);
            leave.SetResult();
            await stopping;
        }

        Assert.Equal([1L], seen.Events.Select(e => e.Id.Value));
        var later = new Seen();
        await using var next = await StartAsync(later, data: data);
        await later.ReachesAsync(2);
        Assert.Equal([2L, 3L], later.Events.Select(e => e.Id.Value));
    }

    [Fact]
    public async Task Consumer_ThatDoesntEndItsEvent_IsCancelledAfterTheDrainTimeoutAndSeesItAgain()
    {
        var data = new TestData();
        var seen = new Seen();
        var entered = new TaskCompletionSource();
        var cancelled = false;
        seen.Before = async (e, cancellation) =>
        {
            entered.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancelled = cancellation.IsCancellationRequested;
            cancellation.ThrowIfCancellationRequested();
        };
        await using (var silo = await StartAsync(seen, data: data, options: o => o.DrainTimeout = TimeSpan.FromMilliseconds(50)))
        {
            await AppendAsync(silo, 1);
            await entered.Task.WaitAsync(Token);
        }

        Assert.True(cancelled);
        var later = new Seen();
        await using var next = await StartAsync(later, data: data);
        await later.ReachesAsync(1);
    }

    [Fact]
    public async Task StopAsync_ThroughARestart_StaysStoppedUntilStarted()
    {
        var data = new TestData();
        var seen = new Seen();
        await using (var silo = await StartAsync(seen, data: data))
        {
            await AppendAsync(silo, 5);
            await seen.ReachesAsync(5);
            await Control(silo).StopAsync(Token);
            await AppendAsync(silo, 5);
            Assert.Equal(ConsumerState.Stopped, (await Control(silo).GetStatusAsync(Token)).State);
            Assert.Equal(5, (await Control(silo).GetStatusAsync(Token)).LagEvents);
        }

        await using var next = await StartAsync(seen, data: data);
        Assert.Equal(ConsumerState.Stopped, (await Control(next).GetStatusAsync(Token)).State);
        Assert.Equal(5, seen.Events.Count);
        await Control(next).StartAsync(Token);
        await seen.ReachesAsync(10);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), seen.Events.Select(e => e.Id.Value));
    }

    [Fact]
    public async Task RetryAsync_WhileStuck_DoesntWaitForTheBackoff()
    {
        var seen = new Seen();
        var isBroken = true;
        seen.Before = (_, _) => isBroken ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        var hour = TimeSpan.FromHours(1);
        await using var silo = await StartAsync(seen, options: o => o.RetryBackoff = new() { Initial = hour, Longest = hour });
        await AppendAsync(silo, 1);
        await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.State == ConsumerState.Stuck);

        isBroken = false;
        await Control(silo).RetryAsync(Token);

        await seen.ReachesAsync(1);
    }

    [Fact]
    public async Task SkipAsync_TheStuckEvent_GoesOnBehindIt()
    {
        var seen = new Seen();
        seen.Before = (e, _) => e.Id.Value == 2 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await using var silo = await StartAsync(seen);
        await AppendAsync(silo, 3);
        await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.State == ConsumerState.Stuck);

        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => Control(silo).SkipAsync(0, new EventId(3), Token));
        Assert.Contains("the event after its cursor is 2", wrong.Message, StringComparison.Ordinal);
        await Control(silo).SkipAsync(0, new EventId(2), Token);

        await seen.ReachesAsync(2);
        Assert.Equal([1L, 3L], seen.Events.Select(e => e.Id.Value));
        Assert.Contains(silo.Logs.GetSnapshot(), log => log.Message.Contains("skip event 2", StringComparison.Ordinal));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Control(silo).SkipAsync(0, new EventId(4), Token));
    }

    [Fact]
    public async Task SkipAsync_WhileTheLogicRuns_IsRefused()
    {
        var seen = new Seen();
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        seen.Before = async (_, _) =>
        {
            entered.TrySetResult();
            await leave.Task;
        };
        await using var silo = await StartAsync(seen);
        await AppendAsync(silo, 1);
        await entered.Task.WaitAsync(Token);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Control(silo).SkipAsync(0, new EventId(1), Token));

        Assert.Contains("is handling event 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(ConsumerState.Running, (await Control(silo).GetStatusAsync(Token)).State);
        leave.SetResult();
    }

    [Fact]
    public async Task SetCursorAsync_BackAndForth_ReplaysAndJumps()
    {
        var seen = new Seen();
        await using var silo = await StartAsync(seen);
        await AppendAsync(silo, 5);
        await seen.ReachesAsync(5);

        await Control(silo).SetCursorAsync("3", Token);
        await seen.ReachesAsync(7);
        await Control(silo).SetCursorAsync(Cursor.Empty, Token);
        await seen.ReachesAsync(12);

        Assert.Equal([1, 2, 3, 4, 5, 4, 5, 1, 2, 3, 4, 5], seen.Events.Select(e => e.Id.Value));
        var ahead = await Assert.ThrowsAsync<CursorAheadException>(() => Control(silo).SetCursorAsync("6", Token));
        Assert.Equal(new EventId(5), ahead.Head);
        await Assert.ThrowsAsync<FormatException>(() => Control(silo).SetCursorAsync("1.2", Token));
    }

    [Fact]
    public async Task SetCursorAsync_OnePlaceAhead_MovesNoPart()
    {
        var seen = new Seen();
        await using var silo = await StartAsync(seen, partitions: 2);
        await AppendAsync(silo, 20);
        await seen.ReachesAsync(20);
        var before = await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.LagEvents == 0);

        await Assert.ThrowsAsync<CursorAheadException>(() => Control(silo).SetCursorAsync("0.999", Token));

        Assert.Equal(before.Partitions.Select(p => p.Cursor), (await Control(silo).GetStatusAsync(Token)).Partitions.Select(p => p.Cursor));
        Assert.Equal(20, seen.Events.Count);
    }

    [Fact]
    public async Task Consumer_FromHead_BeginsAtTheHeadAndHoldsItsPlaceThroughARestart()
    {
        var data = new TestData();
        var seen = new Seen();
        Func<ConsumerOptions, ConsumerOptions> fromHead = o => o with { Streaming = new StreamOptions { FromHead = true } };
        await using (var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"), data))
        {
            await AppendAsync(silo, 5);
        }

        await using (var silo = await StartAsync(seen, data: data, configure: fromHead))
        {
            await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.Partitions[0].Cursor is not null);
            await Control(silo).StopAsync(Token);
            await AppendAsync(silo, 2);
        }

        await using var next = await StartAsync(seen, data: data, configure: fromHead);
        await Control(next).StartAsync(Token);
        await seen.ReachesAsync(2);
        Assert.Equal([6L, 7L], seen.Events.Select(e => e.Id.Value));
    }

    [Fact]
    public async Task Consumer_WithTypes_MovesPastTheOthers()
    {
        var seen = new Seen();
        await using var silo = await StartAsync(seen, configure: o => o with { Types = new HashSet<EventType> { 1, 3 } });

        await AppendAsync(silo, 5);
        await seen.ReachesAsync(2);

        var status = await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.LagEvents == 0);
        Assert.Equal(new EventId(5), status.Partitions[0].Cursor);
        Assert.Equal([1, 3], seen.Events.Select(e => e.Type.Value));
    }

    [Fact]
    public async Task Consumer_OfAStreamDefinedLater_StartsWithIt()
    {
        var seen = new Seen();
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddConsumer<SeeingConsumer>("printer", "orders"), services: services => services.AddSingleton(seen));

        Assert.True(await silo.Reflex.DefineStreamAsync(new StreamDefinition("orders", 2), Token));
        await AppendAsync(silo, 10);

        await seen.ReachesAsync(10);
    }

    [Fact]
    public async Task Consumer_WhoseConstructorFails_IsStuckWithThatError()
    {
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddConsumer<SeeingConsumer>("printer", "orders"));

        var status = await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.Partitions[0].Fault is not null);

        Assert.Contains("Seen", status.Partitions[0].Fault!.Error, StringComparison.Ordinal);
        Assert.Null(status.Partitions[0].Fault!.Event);
    }

    [Fact]
    public async Task Consumer_OfBothKinds_IsResetAndStopped()
    {
        var seen = new Seen();
        await using (var silo = await StartAsync(seen))
        {
            await AppendAsync(silo, 1);
            await seen.ReachesAsync(1);
        }

        Assert.Equal(["reset", "stop"], seen.Calls);
    }

    [Fact]
    public async Task GetStatusAsync_UnknownConsumer_NamesTheKnownOnes()
    {
        await using var silo = await StartAsync(new Seen());

        var error = await Assert.ThrowsAsync<ConsumerNotFoundException>(
            () => silo.Reflex.GetConsumer("orders", "nobody").GetStatusAsync(Token));

        Assert.Contains("orders/printer", error.Message, StringComparison.Ordinal);
        Assert.Equal([new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));
    }

    [Fact]
    public async Task ConsumerGrain_OfTheApplication_ConsumesAndAnswersItsOwnCalls()
    {
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", partitions: 2).AddConsumerGrain<CountingGrain>("counter", "orders"));
        await AppendAsync(silo, 100);

        var counts = new List<int>();
        for (var partition = 0; partition < 2; partition++)
        {
            var key = new ConsumerKey(new PartitionId("orders", partition), "counter");
            var head = (await silo.Reflex.GetStream("orders").GetStatusAsync(Token)).Partitions[partition].Head;
            var counter = silo.Grains.GetGrain<ICountingGrain>(key.ToString());
            counts.Add(await Asking.UntilAsync(counter.CountAsync, count => count == head.Value));
        }

        Assert.Equal(100, counts.Sum());
        var control = silo.Reflex.GetConsumer("orders", "counter");
        var status = await Asking.UntilAsync(() => control.GetStatusAsync(Token), s => s.LagEvents == 0);
        Assert.Equal(ConsumerState.Running, status.State);
    }

    [Fact]
    public async Task ConsumerGrain_WithSlowActivationAndDeactivation_ConsumesOnlyBetweenThem()
    {
        var seen = new Seen();
        var data = new TestData();
        await using (var first = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"), data))
        {
            await AppendAsync(first, 3);
        }

        await using (var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddConsumerGrain<LifecycleGrain>("lifecycle", "orders"),
            data,
            services: services => services.AddSingleton(seen)))
        {
            await seen.ReachesAsync(3);
        }

        Assert.Equal(["activated", "1", "2", "3", "deactivated"], seen.Calls);
    }

    private static Task<TestSilo> StartAsync(
        Seen seen,
        int partitions = 1,
        TestData? data = null,
        Action<ReflexOptions>? options = null,
        Func<ConsumerOptions, ConsumerOptions>? configure = null) =>
        TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", partitions).AddConsumer<SeeingConsumer>("printer", "orders", configure),
            data,
            options,
            services => services.AddSingleton(seen));

    private static IConsumerControl Control(TestSilo silo) => silo.Reflex.GetConsumer("orders", "printer");

    private static Task AppendAsync(TestSilo silo, int count) =>
        silo.Reflex.GetStream("orders")
            .AppendAsync(Enumerable.Range(0, count).Select(i => new NewEvent(i, $"entity-{i}")).ToArray(), Token);
}
