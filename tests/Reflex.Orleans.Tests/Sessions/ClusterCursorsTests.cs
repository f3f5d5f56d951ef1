using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using static Reflex.Orleans.Tests.Support.SessionSilo;

namespace Reflex.Orleans.Tests.Sessions;

public sealed class ClusterCursorsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SetAsync_BackAndForth_IsThereAfterARestartAndListed()
    {
        var data = new TestData();
        await using (var silo = await StartAsync(events: 5, data: data))
        {
            var cursors = silo.Reflex.GetCursors("orders");
            Assert.Equal(Cursor.Empty, await cursors.GetAsync("mailer", Token));
            Assert.Empty(await silo.Reflex.ListConsumersAsync(Token));
            await cursors.SetAsync("mailer", "4", Token);
            await cursors.SetAsync("mailer", "2", Token);
            await cursors.FlushAsync(Token);
            Assert.Equal("2", await cursors.GetAsync("mailer", Token));
        }

        await using var next = await StartAsync(data: data);
        Assert.Equal("2", await next.Reflex.GetCursors("orders").GetAsync("mailer", Token));
        Assert.Equal([new ConsumerId("orders", "mailer")], await next.Reflex.ListConsumersAsync(Token));
        Assert.Equal(3, (await Control(next).GetStatusAsync(Token)).LagEvents);
    }

    [Fact]
    public async Task SetAsync_FromAnOutsideClient_IsAsInASilo()
    {
        await using var silo = await StartAsync(events: 100, partitions: 2);
        using var outside = await silo.ConnectAsync();
        var client = outside.Services.GetRequiredService<IReflexClient>();

        await client.GetCursors("orders").SetAsync("mailer", "3.", Token);
        await client.GetCursors("orders", 1).SetAsync("mailer", "7", Token);

        Assert.Equal("3.7", await CursorAsync(silo));
        Assert.Equal("7", await CursorAsync(silo, partition: 1));
        await client.GetCursors("orders").SetAsync("mailer", Cursor.Empty, Token);
        Assert.Equal(Cursor.Empty, await CursorAsync(silo));
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task SetAsync_WrongCursors_AreRefused()
    {
        await using var silo = await StartAsync(events: 5);
        var cursors = silo.Reflex.GetCursors("orders");

        await Assert.ThrowsAsync<CursorAheadException>(async () => await cursors.SetAsync("mailer", "6", Token));
        await Assert.ThrowsAsync<FormatException>(async () => await cursors.SetAsync("mailer", "1.2", Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await cursors.SetAsync(default, "1", Token));
        await Assert.ThrowsAsync<PartitionNotFoundException>(
            async () => await silo.Reflex.GetCursors("orders", 1).SetAsync("mailer", "1", Token));
        await Assert.ThrowsAsync<StreamNotFoundException>(
            async () => await silo.Reflex.GetCursors("payments").GetAsync("mailer", Token));

        Assert.Equal(Cursor.Empty, await cursors.GetAsync("mailer", Token));
    }

    [Fact]
    public async Task Cursors_OfAConsumerOfTheCluster_CanBeReadButNotSet()
    {
        var seen = new Seen();
        await using var silo = await ConsumerSilo.StartAsync(seen);
        await ConsumerSilo.AppendAsync(silo, 5);
        await seen.ReachesAsync(5);
        var cursors = silo.Reflex.GetCursors("orders");

        await Asking.UntilAsync(async () => await cursors.GetAsync("printer", Token), cursor => cursor.WithoutLives() == "5");
        await Assert.ThrowsAsync<ConsumerConflictException>(async () => await cursors.SetAsync("printer", "1", Token));

        Assert.Equal("5", (await cursors.GetAsync("printer", Token)).WithoutLives());
        Assert.Equal(5, seen.Events.Count);
    }

    [Fact]
    public async Task SetAsync_WhileASessionIsOpen_EndsIt()
    {
        await using var silo = await StartAsync(events: 5);
        await using var session = await OpenAsync(silo);

        await silo.Reflex.GetCursors("orders").SetAsync("mailer", "3", Token);

        Assert.IsType<SessionEndedException>(await session.Ended.WaitAsync(Token));
        Assert.Equal("3", await CursorAsync(silo));
    }

    [Fact]
    public async Task Consumable_OverTheClustersCursors_GoesOnWhereItWas()
    {
        await using var silo = await StartAsync(events: 20, partitions: 2);
        var stream = silo.Reflex.GetStream("orders");
        var toHead = new StreamOptions { ToHead = true };
        var seen = new Seen();
        var consumable = new Consumable(stream.StreamAsync, silo.Reflex.GetCursors("orders"));

        await Assert.ThrowsAsync<HeadReachedException>(() => consumable.ConsumeAsync(
            new SeeingConsumer(seen), new ConsumerOptions("mailer") { Streaming = toHead }, cancellationToken: Token));
        await ConsumerSilo.AppendAsync(silo, 5);
        await Assert.ThrowsAsync<HeadReachedException>(() => consumable.ConsumeAsync(
            new SeeingConsumer(seen), new ConsumerOptions("mailer") { Streaming = toHead }, cancellationToken: Token));

        Assert.Equal(25, seen.Events.Count);
        Assert.Equal(0, (await Control(silo).GetStatusAsync(Token)).LagEvents);
    }
}
