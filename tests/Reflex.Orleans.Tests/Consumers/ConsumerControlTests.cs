using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Diagnostics;
using Reflex.Orleans.Tests.Support;
using EventId = Reflex.Events.EventId;
using static Reflex.Orleans.Tests.Support.ConsumerSilo;

namespace Reflex.Orleans.Tests.Consumers;

public sealed class ConsumerControlTests
{
    private const string Printer = "orders/0/printer";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
    public async Task EveryControl_OfLogicThatHangs_SaysSoInTimeAndWorksOnceItHasEnded()
    {
        var seen = new Seen();
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        seen.Before = (_, _) =>
        {
            entered.TrySetResult();
            return leave.Task;
        };
        await using var silo = await StartAsync(seen, options: options => options.DrainTimeout = TimeSpan.FromMilliseconds(50));
        await AppendAsync(silo, 2);
        await entered.Task.WaitAsync(Token);

        var error = await Assert.ThrowsAsync<ConsumerBusyException>(() => Control(silo).StopAsync(Token));
        Assert.Contains("is still handling event 0/1", error.Message, StringComparison.Ordinal);
        Assert.Equal(ConsumerState.Running, (await Control(silo).GetStatusAsync(Token)).State);
        await Assert.ThrowsAsync<ConsumerBusyException>(() => Control(silo).SetCursorAsync("2", Token));

        leave.SetResult();
        await Control(silo).StopAsync(Token);
        Assert.Equal(ConsumerState.Stopped, (await Control(silo).GetStatusAsync(Token)).State);
        await Control(silo).StartAsync(Token);
        await seen.ReachesAsync(2);
    }

    [Fact]
    public async Task StopAsync_OfLogicThatHangsForAWhile_LeavesTheConsumerRunning()
    {
        var seen = new Seen();
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        seen.Before = (_, _) =>
        {
            entered.TrySetResult();
            return leave.Task;
        };

        // Nobody else looks after it meanwhile.
        await using var silo = await StartAsync(seen, options: options =>
        {
            options.DrainTimeout = TimeSpan.FromMilliseconds(50);
            options.ConsumerCheckInterval = TimeSpan.FromHours(1);
        });
        await AppendAsync(silo, 2);
        await entered.Task.WaitAsync(Token);
        await Assert.ThrowsAsync<ConsumerBusyException>(() => Control(silo).StopAsync(Token));

        leave.SetResult();

        await seen.ReachesAsync(2);
    }

    [Fact]
    public async Task StopAsync_OfLogicThatHeedsItsToken_CancelsItAfterAWhileAndTheEventComesAgain()
    {
        var seen = new Seen();
        var isFirst = true;
        seen.Before = (_, token) =>
        {
            if (!isFirst)
            {
                token.ThrowIfCancellationRequested();
                return Task.CompletedTask;
            }

            isFirst = false;
            return new TaskCompletionSource().Task.WaitAsync(token);
        };
        await using var silo = await StartAsync(seen, options: options => options.DrainTimeout = TimeSpan.FromMilliseconds(50));
        await AppendAsync(silo, 2);
        await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), _ => !isFirst);

        await Control(silo).StopAsync(Token);
        await Control(silo).StartAsync(Token);

        await seen.ReachesAsync(2);
        Assert.Equal([1L, 2L], seen.Events.Select(e => e.Id.Value));
    }

    /// <summary>A control that failed hasn't happened: its repetition must not say that it has.</summary>
    [Fact]
    public async Task EveryControl_WhoseWriteFails_HasNotHappenedAndCanBeRepeated()
    {
        var seen = new Seen();
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(seen, storage: storage);
        await AppendAsync(silo, 5);
        await seen.ReachesAsync(5);
        await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.LagEvents == 0);
        await Asking.UntilAsync(() => Task.FromResult(storage.CursorOf(Printer)), cursor => cursor == 5);
        Func<Task>[] controls = [() => Control(silo).StopAsync(Token), () => Control(silo).SetCursorAsync("2", Token)];

        foreach (var control in controls)
        {
            storage.BeforeWrite = () => throw new IOException("away");
            await FailsEachTimeAsync(control);
            var status = await Control(silo).GetStatusAsync(Token);
            Assert.NotEqual(ConsumerState.Stopped, status.State);
            Assert.Equal(new EventId(5), status.Partitions[0].Cursor?.Id);
            storage.BeforeWrite = () => Task.CompletedTask;
        }

        var writes = storage.Writes;
        await Control(silo).StopAsync(Token);
        Assert.True(storage.Writes > writes);
        Assert.True(storage.IsStopped(Printer));
    }

    [Fact]
    public async Task StartAsync_WhoseWriteFails_LeavesItStoppedAndCanBeRepeated()
    {
        var seen = new Seen();
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(seen, storage: storage);
        await Control(silo).StopAsync(Token);
        await AppendAsync(silo, 3);

        storage.BeforeWrite = () => throw new IOException("away");
        await FailsEachTimeAsync(() => Control(silo).StartAsync(Token));

        var status = await Control(silo).GetStatusAsync(Token);
        Assert.Equal(ConsumerState.Stopped, status.State);
        Assert.Null(status.Partitions[0].Cursor);
        Assert.True(storage.IsStopped(Printer));
        Assert.Empty(seen.Events);
        storage.BeforeWrite = () => Task.CompletedTask;
        await Control(silo).StartAsync(Token);
        Assert.False(storage.IsStopped(Printer));
        await seen.ReachesAsync(3);
    }

    /// <summary>The answer of a stop was lost: a start isn't answered from what is remembered here.</summary>
    [Fact]
    public async Task StartAsync_AfterAStopThatWasStoredAndNotAnswered_IsMade()
    {
        var seen = new Seen();
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(seen, storage: storage);
        await AppendAsync(silo, 1);
        await seen.ReachesAsync(1);
        await Asking.UntilAsync(() => Task.FromResult(storage.CursorOf(Printer)), cursor => cursor == 1);
        storage.AfterWrite = () => throw new IOException("away");
        await Assert.ThrowsAsync<CursorStoreException>(() => Control(silo).StopAsync(Token));
        Assert.True(storage.IsStopped(Printer));
        storage.AfterWrite = () => Task.CompletedTask;

        await Asking.AgainAsync(async () =>
        {
            await Control(silo).StartAsync(Token);
            return true;
        });

        Assert.False(storage.IsStopped(Printer));
        await AppendAsync(silo, 1);
        await seen.ReachesAsync(2);
    }

    [Fact]
    public async Task SkipAsync_WhoseWriteFails_LeavesItStuckThereAndTellsOfNoSkip()
    {
        var seen = new Seen();
        seen.Before = (e, _) => e.Id.Value == 2 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(seen, storage: storage);
        using var skipped = new MetricCollector<long>(
            silo.Services.GetRequiredService<IMeterFactory>(), ReflexDiagnostics.MeterName, "reflex.consumer.skipped.events.count");
        await AppendAsync(silo, 3);
        await Asking.UntilAsync(
            () => Control(silo).GetStatusAsync(Token),
            status => status.State == ConsumerState.Stuck && storage.CursorOf(Printer) == 1);

        storage.BeforeWrite = () => throw new IOException("away");
        await FailsEachTimeAsync(() => Control(silo).SkipAsync(0, new EventId(2), Token));

        var part = (await Control(silo).GetStatusAsync(Token)).Partitions[0];
        Assert.Equal((ConsumerState.Stuck, new EventId(1)), (part.State, part.Cursor!.Value.Id));
        Assert.Equal(new EventId(2), part.Fault!.Event);
        Assert.Equal([1L], seen.Events.Select(e => e.Id.Value));
        Assert.Empty(skipped.GetMeasurementSnapshot());
        Assert.DoesNotContain(silo.Logs.GetSnapshot(), IsOfTheSkip);

        storage.BeforeWrite = () => Task.CompletedTask;
        await Control(silo).SkipAsync(0, new EventId(2), Token);
        await seen.ReachesAsync(2);
        Assert.Equal([1L, 3L], seen.Events.Select(e => e.Id.Value));
        Assert.Single(skipped.GetMeasurementSnapshot());
        Assert.Single(silo.Logs.GetSnapshot(), IsOfTheSkip);

        static bool IsOfTheSkip(FakeLogRecord log) => log.Message.Contains("skip event 2", StringComparison.Ordinal);
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
    public async Task SkipAsync_TheStuckEvent_GoesOnAfterIt()
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
    public async Task GetStatusAsync_UnknownConsumer_NamesTheKnownOnes()
    {
        await using var silo = await StartAsync(new Seen());

        var error = await Assert.ThrowsAsync<ConsumerNotFoundException>(
            () => silo.Reflex.GetConsumer("orders", "nobody").GetStatusAsync(Token));

        Assert.Contains("orders/printer", error.Message, StringComparison.Ordinal);
        Assert.Equal([new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));
    }

    /// <summary>Its repetition isn't answered as if it had happened.</summary>
    private static async Task FailsEachTimeAsync(Func<Task> control)
    {
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(control);
            Assert.Contains("away", error.Message, StringComparison.Ordinal);
        }
    }
}
