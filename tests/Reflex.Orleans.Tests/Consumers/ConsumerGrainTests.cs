using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Events;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;
using static Reflex.Orleans.Tests.Support.ConsumerSilo;

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
        Assert.Equal(1_000, status.Partitions.Sum(p => p.Cursor!.Value.Id.Value));
        Assert.Equal(TimeSpan.Zero, status.Lag);
    }

    [Fact]
    public async Task Consumer_WhoseOwnStateIsRefused_IsStuckThereAsOnAnyError()
    {
        var seen = new Seen { Before = (_, _) => throw new InconsistentStateException("of the logic") };
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders").AddConsumer<SeeingConsumer>("printer", "orders"),
            services: services => services.AddSingleton(seen));
        await AppendAsync(silo, 1);
        var status = await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), s => s.Partitions[0].Fault is not null);
        Assert.Equal(ConsumerState.Stuck, status.State);
        Assert.Contains("of the logic", status.Partitions[0].Fault!.Error, StringComparison.Ordinal);
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
        Assert.Equal(new EventId(3), part.Cursor?.Id);
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

        // Whether it takes another one before it hears of the stop is the scheduler's choice; none comes again.
        Assert.NotEmpty(seen.Events);
        var later = new Seen();
        await using var next = await StartAsync(later, data: data);
        await later.ReachesAsync(3 - seen.Events.Count);
        Assert.Equal([1L, 2L, 3L], seen.Events.Concat(later.Events).Select(e => e.Id.Value));
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
        Assert.Equal(new EventId(5), status.Partitions[0].Cursor?.Id);
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
}
