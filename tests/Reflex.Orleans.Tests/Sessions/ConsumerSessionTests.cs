using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using static Reflex.Orleans.Tests.Support.SessionSilo;

namespace Reflex.Orleans.Tests.Sessions;

public sealed class ConsumerSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenSessionAsync_AfterAnotherWasClosed_GoesOnAtItsCursor()
    {
        await using var silo = await StartAsync(events: 5);
        await using (var first = await OpenAsync(silo))
        {
            Assert.Equal(Cursor.Empty, first.Start);
            await first.AcknowledgeAsync("3", Token);
            Assert.Equal("3", await CursorAsync(silo));
        }

        await using var second = await OpenAsync(silo);

        Assert.Equal("3", second.Start);
        Assert.False(second.Ended.IsCompleted);
    }

    /// <summary>The first place may be the head: lost with the silo, a consumer that begins there would find a later one.</summary>
    [Fact]
    public async Task AcknowledgeAsync_TheFirstPlaceOfAConsumer_IsStoredWhenItEnds()
    {
        await using var silo = await StartAsync(events: 5, options: options => options.CursorFlushWindow = TimeSpan.FromSeconds(10));
        await using var session = await OpenAsync(silo);

        await session.AcknowledgeAsync("5", Token);

        var storage = silo.Services.GetRequiredKeyedService<IGrainStorage>(ReflexStorageNames.GrainStorage);
        var record = await StoredConsumer.ReadAsync(storage, new ConsumerKey(new PartitionId("orders", 0), "mailer"));
        Assert.Equal(5, record.Cursor);
    }

    [Fact]
    public async Task OpenSessionAsync_WhileAnotherIsOpen_TakesOver()
    {
        await using var silo = await StartAsync(events: 5);
        await using var older = await OpenAsync(silo);
        await older.AcknowledgeAsync("2", Token);

        await using var newer = await OpenAsync(silo);

        Assert.Equal("2", newer.Start);
        var error = await Assert.ThrowsAsync<ConsumerReplacedException>(async () => await older.AcknowledgeAsync("3", Token));
        Assert.Equal(new ConsumerId("orders", "mailer"), error.Consumer);
        Assert.IsType<ConsumerReplacedException>(await older.Ended.WaitAsync(Token));
        Assert.Equal("2", await CursorAsync(silo));
        await newer.AcknowledgeAsync("4", Token);
        Assert.Equal("4", await CursorAsync(silo));
        Assert.False(newer.Ended.IsCompleted);
    }

    [Fact]
    public async Task Ended_OfASessionThatDoesNothing_TellsOfTheTakeover()
    {
        await using var silo = await StartAsync();
        await using var older = await OpenAsync(silo);

        await using var newer = await OpenAsync(silo);

        Assert.IsType<ConsumerReplacedException>(await older.Ended.WaitAsync(Token));
    }

    [Fact]
    public async Task OpenSessionAsync_FromAnOutsideClient_TakesOverFromASilo()
    {
        await using var silo = await StartAsync(events: 5);
        using var outside = await silo.ConnectAsync();
        var client = outside.Services.GetRequiredService<IReflexClient>();
        await using var older = await OpenAsync(silo);

        await using (var newer = await client.OpenSessionAsync("orders", null, "mailer", Token))
        {
            await newer.AcknowledgeAsync("4", Token);
            await Assert.ThrowsAsync<CursorAheadException>(async () => await newer.AcknowledgeAsync("6", Token));
            Assert.IsType<ConsumerReplacedException>(await older.Ended.WaitAsync(Token));

            await using var newest = await OpenAsync(silo);
            Assert.Equal("4", newest.Start);
            Assert.IsType<ConsumerReplacedException>(await newer.Ended.WaitAsync(Token));
        }

        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task AcknowledgeAsync_BeforeTheCursor_DoesntMoveItBack()
    {
        await using var silo = await StartAsync(events: 5);
        await using var session = await OpenAsync(silo);

        await session.AcknowledgeAsync("4", Token);
        await session.AcknowledgeAsync("2", Token);
        await session.AcknowledgeAsync(Cursor.Empty, Token);

        Assert.Equal("4", await CursorAsync(silo));
    }

    [Fact]
    public async Task AcknowledgeAsync_AheadOfTheHead_IsRefusedAndTheSessionGoesOn()
    {
        await using var silo = await StartAsync(events: 5);
        await using var session = await OpenAsync(silo);

        var error = await Assert.ThrowsAsync<CursorAheadException>(async () => await session.AcknowledgeAsync("6", Token));
        await session.AcknowledgeAsync("5", Token);

        Assert.Equal(5, error.Head.Value);
        Assert.Equal("5", await CursorAsync(silo));
        await Assert.ThrowsAsync<FormatException>(async () => await session.AcknowledgeAsync("1.1", Token));
    }

    [Fact]
    public async Task AcknowledgeAsync_ManyAtOnce_EndsWithTheNewest()
    {
        await using var silo = await StartAsync(events: 1_000);
        await using var session = await OpenAsync(silo);

        await Task.WhenAll(Enumerable.Range(1, 1_000).Select(id => session.AcknowledgeAsync(new Events.EventId(id), Token).AsTask()));

        Assert.Equal("1000", await CursorAsync(silo));
    }

    [Fact]
    public async Task Session_OverAGracefulRestart_LosesNoAcknowledgement()
    {
        var data = new TestData();
        for (var round = 1; round <= 3; round++)
        {
            // A flush window that never ends: what is stored, the stop has stored.
            await using var silo = await StartAsync(
                events: 10, data: data, options: o => o.CursorFlushWindow = TimeSpan.FromSeconds(10));
            var session = await OpenAsync(silo);
            Assert.Equal(round == 1 ? "" : $"{(round - 1) * 10}", session.Start.ToString());
            await session.AcknowledgeAsync($"{round * 10}", Token);
            await silo.StopAsync();
        }
    }

    [Fact]
    public async Task Ended_WhenItsOwnSiloStops_IsTheStoppedStream()
    {
        await using var silo = await StartAsync();
        var session = await OpenAsync(silo);

        await silo.StopAsync();

        Assert.IsType<StreamStoppedException>(await session.Ended.WaitAsync(Token));
    }

    [Fact]
    public async Task Session_OfAnOutsideClientOverARestart_GoesOn()
    {
        var silo = await StartAsync(events: 5);
        using var outside = await silo.ConnectAsync();
        var client = outside.Services.GetRequiredService<IReflexClient>();
        await using var older = await client.OpenSessionAsync("orders", null, "mailer", Token);
        await using var newer = await client.OpenSessionAsync("orders", null, "mailer", Token);
        await newer.AcknowledgeAsync("3", Token);
        Assert.IsType<ConsumerReplacedException>(await older.Ended.WaitAsync(Token));

        await silo.DisposeAsync();
        await using var next = await silo.RestartAsync(reflex => reflex.AddStream("orders"));
        await newer.AcknowledgeAsync("4", Token);
        Assert.Equal("4", await CursorAsync(next));
        Assert.False(newer.Ended.IsCompleted);
        await using var newest = await OpenAsync(next);

        Assert.Equal("4", newest.Start);
        Assert.IsType<ConsumerReplacedException>(await newer.Ended.WaitAsync(Token));
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task AcknowledgeAsync_AfterAnotherActivationStored_IsRefusedByWhatIsStored()
    {
        await using var silo = await StartAsync(events: 5);
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("2", Token);
        var key = new ConsumerKey(new PartitionId("orders", 0), "mailer");
        using var other = new ConsumerCursor(
            silo.Services.GetRequiredKeyedService<IGrainStorage>(ReflexStorageNames.GrainStorage),
            key,
            new ReflexOptions(),
            TimeProvider.System,
            silo.Services.GetRequiredService<ILogger<ConsumerSessionTests>>());
        var grain = silo.Grains.GetGrain<ISessionGrain>(key.ToString());
        await grain.FlushAsync(FlushRequest.Instance);
        await other.LoadAsync();
        await other.StoreAsync(new Events.EventId(4), isStopped: false, Guid.NewGuid());

        // The first of these may still be answered before its write has failed; the next can't.
        await Assert.ThrowsAsync<ConsumerReplacedException>(async () =>
        {
            for (var id = 3; id <= 5; id++)
            {
                await session.AcknowledgeAsync($"{id}", Token);
                await grain.FlushAsync(FlushRequest.Instance).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        });

        Assert.Equal("4", await CursorAsync(silo));
    }

    [Fact]
    public async Task OpenSessionAsync_OfAConsumerOfTheCluster_IsAConflict()
    {
        await using var silo = await ConsumerSilo.StartAsync(new Seen());

        var error = await Assert.ThrowsAsync<ConsumerConflictException>(
            () => silo.Reflex.OpenSessionAsync("orders", 0, "printer", Token));

        Assert.Equal(new ConsumerId("orders", "printer"), error.Consumer);
        Assert.Equal([new ConsumerId("orders", "printer")], await silo.Reflex.ListConsumersAsync(Token));
    }

    [Fact]
    public async Task OpenSessionAsync_OfAConsumerThatTheClusterRunsSinceARestart_IsAConflict()
    {
        var data = new TestData();
        await using (var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"), data))
        {
            await ConsumerSilo.AppendAsync(silo, 5);
            await using var session = await silo.Reflex.OpenSessionAsync("orders", null, "printer", Token);
            await session.AcknowledgeAsync("3", Token);
        }

        var seen = new Seen();
        await using var next = await ConsumerSilo.StartAsync(seen, data: data);
        await seen.ReachesAsync(2);

        await Assert.ThrowsAsync<ConsumerConflictException>(() => next.Reflex.OpenSessionAsync("orders", null, "printer", Token));
        Assert.Equal([4L, 5L], seen.Events.Select(e => e.Id.Value));
        Assert.Equal([new ConsumerId("orders", "printer")], await next.Reflex.ListConsumersAsync(Token));
    }

    [Fact]
    public async Task OpenSessionAsync_OfWhatDoesntExist_SaysSo()
    {
        await using var silo = await StartAsync();

        await Assert.ThrowsAsync<StreamNotFoundException>(() => silo.Reflex.OpenSessionAsync("payments", null, "mailer", Token));
        await Assert.ThrowsAsync<PartitionNotFoundException>(() => OpenAsync(silo, partition: 1));
        await Assert.ThrowsAsync<ArgumentException>(() => silo.Reflex.OpenSessionAsync("orders", null, default, Token));
        Assert.Empty(await silo.Reflex.ListConsumersAsync(Token));
    }

    [Fact]
    public async Task ListConsumersAsync_AfterARestart_HasTheConsumer()
    {
        var data = new TestData();
        await using (var silo = await StartAsync(events: 5, data: data))
        {
            await using var session = await OpenAsync(silo);
            await session.AcknowledgeAsync("2", Token);
        }

        await using var next = await StartAsync(data: data);

        Assert.Equal([new ConsumerId("orders", "mailer")], await next.Reflex.ListConsumersAsync(Token));
        var status = await Control(next).GetStatusAsync(Token);
        Assert.Equal((ConsumerState.Running, 3L), (status.State, status.LagEvents));
        Assert.Equal(2, status.Partitions[0].Cursor!.Value.Id.Value);
        Assert.True(status.Lag > TimeSpan.Zero);
    }

    [Fact]
    public async Task Session_OfAPartitionedStream_MovesEachPlace()
    {
        await using var silo = await StartAsync(events: 100, partitions: 3);
        await using (var session = await OpenAsync(silo))
        {
            Assert.Equal(Cursor.Empty, session.Start);
            await session.AcknowledgeAsync("1..2", Token);
            Assert.Equal("1..2", await CursorAsync(silo));
            await session.AcknowledgeAsync("1.3.2", Token);
            await Assert.ThrowsAsync<FormatException>(async () => await session.AcknowledgeAsync("4", Token));
        }

        await using var one = await OpenAsync(silo, partition: 1);
        Assert.Equal("3", one.Start);
        await one.AcknowledgeAsync("4", Token);
        await using var whole = await OpenAsync(silo);
        Assert.Equal("1.4.2", whole.Start);
        Assert.IsType<ConsumerReplacedException>(await one.Ended.WaitAsync(Token));
    }

    [Fact]
    public async Task Session_OfAPartitionedStream_ReadsAndAcknowledgesToTheHead()
    {
        await using var silo = await StartAsync(events: 200, partitions: 4);
        await using (var session = await OpenAsync(silo))
        {
            var cursor = session.Start;
            foreach (var e in await silo.Reflex.GetStream("orders").ToHeadAsync(session.Start))
            {
                cursor = cursor.IsEmpty ? Cursor.ForPartitions(4).With(e.Partition, e.Id) : cursor.With(e.Partition, e.Id);
                await session.AcknowledgeAsync(cursor, Token);
            }
        }

        Assert.Equal(0, (await Control(silo).GetStatusAsync(Token)).LagEvents);
    }
}
