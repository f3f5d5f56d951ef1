using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Streams that are deleted, or get another retention, while other silos use them.</summary>
public sealed class DeletedStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DeleteStreamAsync_EndsReadersAppendersAndCursorsOnEverySilo()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddStream("orders", 4).AddSeeing(seen), _ => { });
        await cluster.AppendAsync(20);
        await seen.ReachesAsync(20);
        var (first, second) = (cluster.Silos[0].Reflex, cluster.Silos[1].Reflex);
        await first.GetCursors("orders", 0).SetAsync("mailer", "1", Token);
        var reading = ReadToTheEndAsync(first);

        Assert.True(await second.DeleteStreamAsync("orders", Token));

        Assert.IsType<StreamNotFoundException>(await reading);
        foreach (var reflex in new[] { first, second })
        {
            await Assert.ThrowsAsync<StreamNotFoundException>(
                () => reflex.GetStream("orders").AppendAsync(new NewEvent(1, "late"), Token));
            await Assert.ThrowsAsync<StreamNotFoundException>(() => reflex.GetStream("orders").GetStatusAsync(Token));
            await Assert.ThrowsAsync<StreamNotFoundException>(
                async () => await reflex.GetCursors("orders", 0).SetAsync("mailer", "1", Token));
            Assert.Empty(await reflex.ListStreamsAsync(Token));
            Assert.False(await reflex.DeleteStreamAsync("orders", Token));
        }

        Assert.All(Enumerable.Range(0, 4), partition => Assert.Null(cluster.Storage.CursorOf($"orders/{partition}/printer")));
        Assert.Null(cluster.Storage.CursorOf("orders/0/mailer"));
    }

    [Fact]
    public async Task Stream_DefinedAnewAfterItsDeletion_GoesOnAfterTheOldIdsAndIsConsumedFromItsBeginning()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddStream("orders").AddSeeing(seen), _ => { });
        await cluster.AppendAsync(5);
        await seen.ReachesAsync(5);
        var (first, second) = (cluster.Silos[0].Reflex, cluster.Silos[1].Reflex);
        await second.DeleteStreamAsync("orders", Token);

        Assert.True(await second.DefineStreamAsync(new StreamDefinition("orders"), Token));

        var position = await first.GetStream("orders").AppendAsync(new NewEvent(1, "new"), Token);
        Assert.Equal(new EventPosition(0, new EventId(6)), position);
        await seen.ReachesAsync(6);
        Assert.Equal("new", seen.Events[^1].ForeignId);
        var error = await Assert.ThrowsAsync<CursorExpiredException>(async () => await ReadOneAsync(first, "3"));
        Assert.Equal(new EventId(6), error.Oldest);
    }

    [Fact]
    public async Task Stream_DefinedAnewWithMorePartitions_TakesNoEventOfAProcessThatRemembersTheOldCount()
    {
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddStream("orders", 2), _ => { });
        await cluster.AppendAsync(8);
        var (first, second) = (cluster.Silos[0].Reflex, cluster.Silos[1].Reflex);
        await second.GetStream("orders").AppendAsync(new NewEvent(1, "x"), Token);

        await first.DeleteStreamAsync("orders", Token);
        await first.DefineStreamAsync(new StreamDefinition("orders", 16), Token);

        // The first call of the process that remembers the old count may fail, and tells it so.
        for (var i = 0; i < 40; i++)
        {
            var e = new NewEvent(1, $"entity-{i}");
            var position = await Asking.AgainAsync(() => second.GetStream("orders").AppendAsync(e, Token));
            Assert.Equal(Partitioning.PartitionOf(e.ForeignId, 16), position.Partition);
        }

        var status = await second.GetStream("orders").GetStatusAsync(Token);
        Assert.Equal(16, status.Partitions.Count);
        var read = await Asking.AgainAsync(() => CountAsync(second));
        Assert.Equal(40, read);
    }

    [Fact]
    public async Task Retention_ThatIsChanged_IsAppliedToOpenPartitions()
    {
        await using var cluster = await TestCluster.StartAsync(
            options => options.MaintenanceInterval = TimeSpan.FromSeconds(1), reflex => reflex.AddStream("orders"), _ => { });
        await cluster.AppendAsync(100);
        await cluster.AppendAsync(100);

        Assert.False(await cluster.Silos[1].Reflex.DefineStreamAsync(
            new StreamDefinition("orders", retention: new Retention { MaxBytes = 1 }), Token));

        var status = await Asking.UntilAsync(
            () => cluster.Silos[0].Reflex.GetStream("orders").GetStatusAsync(Token), s => s.Partitions[0].Oldest.Value > 1);
        Assert.Equal(1, status.Definition.Retention.MaxBytes);
        Assert.Equal(new EventId(200), status.Partitions[0].Head);
    }

    [Fact]
    public async Task DefineStreamAsync_OfANameThatReflexKeeps_IsRefused()
    {
        await using var silo = await TestSilo.StartAsync(_ => { });

        foreach (var name in new[] { "orders.mailer.dead", "a.b.c.audit", "orders.mailer.quarantine" })
        {
            var error = await Assert.ThrowsAsync<FormatException>(
                () => silo.Reflex.DefineStreamAsync(new StreamDefinition(name), Token));
            Assert.Contains($"'{name}' can't be the name of a stream", error.Message, StringComparison.Ordinal);
        }

        Assert.True(await silo.Reflex.DefineStreamAsync(new StreamDefinition("orders.dead"), Token));
        Assert.True(await silo.Reflex.DefineStreamAsync(new StreamDefinition("orders.mailer.deadly"), Token));
    }

    private static async Task<Exception?> ReadToTheEndAsync(IReflexClient reflex) => await Record.ExceptionAsync(async () =>
    {
        await foreach (var _ in reflex.GetStream("orders").StreamAsync(Cursor.Empty, StreamOptions.Default, Token))
        {
        }
    });

    private static async Task ReadOneAsync(IReflexClient reflex, Cursor after)
    {
        await using var events = reflex.GetStream("orders").StreamAsync(after, StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        await events.MoveNextAsync();
    }

    private static async Task<int> CountAsync(IReflexClient reflex)
    {
        var count = 0;
        try
        {
            await foreach (var _ in reflex.GetStream("orders").StreamAsync(
                Cursor.Empty, StreamOptions.Default with { ToHead = true }, Token))
            {
                count++;
            }
        }
        catch (HeadReachedException)
        {
            // That is the end.
        }

        return count;
    }
}
