using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Tests.Support;
using static Reflex.Orleans.Tests.Support.SessionSilo;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Tests.Sessions;

public sealed class SessionControlTests
{
    private const string Mailer = "orders/0/mailer";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SetCursorAsync_WhileASessionIsOpen_EndsIt()
    {
        await using var silo = await StartAsync(events: 5);
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("4", Token);

        await Control(silo).SetCursorAsync("1", Token);

        var reason = Assert.IsType<SessionEndedException>(await session.Ended.WaitAsync(Token));
        Assert.True(reason.IsTransient);
        await Assert.ThrowsAsync<SessionEndedException>(async () => await session.AcknowledgeAsync("5", Token));
        await using var next = await OpenAsync(silo);
        Assert.Equal("1", next.Start);
        Assert.Contains(silo.Logs.GetSnapshot(), log => log.Message.Contains("was set from 4 to 1", StringComparison.Ordinal));
        await Assert.ThrowsAsync<CursorAheadException>(() => Control(silo).SetCursorAsync("6", Token));
        Assert.False(next.Ended.IsCompleted);
    }

    [Fact]
    public async Task SkipAsync_TheNextEvent_EndsTheSessionAfterIt()
    {
        await using var silo = await StartAsync(events: 5);
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("2", Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Control(silo).SkipAsync(0, new EventId(4), Token));
        await Control(silo).SkipAsync(0, new EventId(3), Token);

        Assert.IsType<SessionEndedException>(await session.Ended.WaitAsync(Token));
        var life = (await silo.Reflex.GetStream("orders").GetStatusAsync(Token)).Partitions[0].HeadEpoch;
        Assert.Equal(new CursorPlace(new EventId(3), life), await CursorAsync(silo));
    }

    [Fact]
    public async Task StopAsync_ThroughARestart_LetsNobodyOpenUntilStarted()
    {
        var data = new TestData();
        await using (var silo = await StartAsync(events: 5, data: data))
        {
            await using var session = await OpenAsync(silo);
            await session.AcknowledgeAsync("2", Token);
            await Control(silo).StopAsync(Token);

            Assert.IsType<ConsumerStoppedException>(await session.Ended.WaitAsync(Token));
            await Assert.ThrowsAsync<ConsumerStoppedException>(async () => await session.AcknowledgeAsync("3", Token));
            await Assert.ThrowsAsync<ConsumerStoppedException>(
                async () => await silo.Reflex.GetCursors("orders").SetAsync("mailer", "3", Token));
        }

        await using var next = await StartAsync(data: data);
        var stopped = await Assert.ThrowsAsync<ConsumerStoppedException>(() => OpenAsync(next));
        Assert.False(stopped.IsTransient);
        Assert.Equal(ConsumerState.Stopped, (await Control(next).GetStatusAsync(Token)).State);

        await Control(next).StartAsync(Token);

        Assert.Equal(ConsumerState.Running, (await Control(next).GetStatusAsync(Token)).State);
        await using var later = await OpenAsync(next);
        Assert.Equal("2", later.Start);
        await Control(next).RetryAsync(Token);
        Assert.False(later.Ended.IsCompleted);
    }

    /// <summary>A control that failed hasn't happened: its repetition must not say that it has, and the session goes on.</summary>
    [Theory]
    [InlineData("stop", 3, true, typeof(ConsumerStoppedException))]
    [InlineData("skip", 4, false, typeof(SessionEndedException))]
    [InlineData("set the cursor", 1, false, typeof(SessionEndedException))]
    public async Task Control_WhoseWriteFails_EndsNoSessionAndCanBeRepeated(string control, long cursor, bool isStopped, Type end)
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("2", Token);

        storage.BeforeWrite = () => throw new IOException("away");
        await FailsEachTimeAsync(() => MakeAsync(next: 3));

        Assert.Equal(ConsumerState.Running, (await Control(silo).GetStatusAsync(Token)).State);
        Assert.Equal("2", await CursorAsync(silo));
        Assert.False(session.Ended.IsCompleted);
        Assert.DoesNotContain(silo.Logs.GetSnapshot(), log => log.Message.Contains("was asked to skip event", StringComparison.Ordinal));
        Assert.DoesNotContain(silo.Logs.GetSnapshot(), log => log.Message.Contains("was set from", StringComparison.Ordinal));

        storage.BeforeWrite = () => Task.CompletedTask;
        await session.AcknowledgeAsync("3", Token);
        await MakeAsync(next: 4);
        Assert.IsType(end, await session.Ended.WaitAsync(Token));
        Assert.Equal((cursor, isStopped), (storage.CursorOf(Mailer), storage.IsStopped(Mailer)));

        Task MakeAsync(long next) => control switch
        {
            "stop" => Control(silo).StopAsync(Token),
            "skip" => Control(silo).SkipAsync(0, new EventId(next), Token),
            _ => Control(silo).SetCursorAsync("1", Token),
        };
    }

    [Fact]
    public async Task StartAsync_WhoseWriteFails_LeavesItStoppedAndCanBeRepeated()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        await silo.Reflex.GetCursors("orders").SetAsync("mailer", "2", Token);
        await Control(silo).StopAsync(Token);

        storage.BeforeWrite = () => throw new IOException("away");
        await FailsEachTimeAsync(() => Control(silo).StartAsync(Token));

        Assert.Equal(ConsumerState.Stopped, (await Control(silo).GetStatusAsync(Token)).State);
        await Assert.ThrowsAsync<ConsumerStoppedException>(() => OpenAsync(silo));
        Assert.True(storage.IsStopped(Mailer));
        storage.BeforeWrite = () => Task.CompletedTask;
        await Control(silo).StartAsync(Token);
        Assert.False(storage.IsStopped(Mailer));
        await using var session = await OpenAsync(silo);
        Assert.Equal("2", session.Start);
    }

    /// <summary>The answer of a stop was lost: a start isn't answered from what is remembered here.</summary>
    [Fact]
    public async Task StartAsync_AfterAStopThatWasStoredAndNotAnswered_IsMade()
    {
        var storage = new ScriptedStorage();
        await using var silo = await StartAsync(events: 5, storage: storage);
        await silo.Reflex.GetCursors("orders").SetAsync("mailer", "2", Token);
        storage.AfterWrite = () => throw new IOException("away");
        await Assert.ThrowsAsync<CursorStoreException>(() => Control(silo).StopAsync(Token));
        Assert.True(storage.IsStopped(Mailer));
        storage.AfterWrite = () => Task.CompletedTask;

        await Asking.AgainAsync(async () =>
        {
            await Control(silo).StartAsync(Token);
            return true;
        });

        Assert.False(storage.IsStopped(Mailer));
        await using var session = await OpenAsync(silo);
        Assert.Equal("2", session.Start);
    }

    /// <summary>Its repetition isn't answered as if it had happened.</summary>
    private static async Task FailsEachTimeAsync(Func<Task> control)
    {
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<CursorStoreException>(control);
            Assert.Contains("away", error.Message, StringComparison.Ordinal);
        }
    }
}
