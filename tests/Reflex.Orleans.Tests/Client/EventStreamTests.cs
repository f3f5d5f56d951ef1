using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Client;

public sealed class EventStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_FromInsideAndOutside_GivesIdsInOrderAndStreamsThemBack()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        using var client = await silo.ConnectAsync();
        var inside = silo.Reflex.GetStream("orders");
        var outside = Outside(client).GetStream("orders");

        var first = await inside.AppendAsync(new NewEvent(1, "a"), Token);
        var second = await outside.AppendAsync(new NewEvent(2, "b") { Metadata = "hello"u8.ToArray() }, Token);

        Assert.Equal(new EventPosition(0, new EventId(1)), first);
        Assert.Equal(new EventPosition(0, new EventId(2)), second);
        foreach (var stream in new[] { inside, outside })
        {
            var events = await stream.ToHeadAsync();
            Assert.Equal(["a", "b"], events.Select(e => e.ForeignId));
            Assert.Equal("hello"u8.ToArray(), events[1].Metadata.ToArray());
        }
    }

    [Fact]
    public async Task AppendAsync_ManyAtOnce_GathersThemAndKeepsTheCallersOrder()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        using var client = await silo.ConnectAsync();
        var stream = Outside(client).GetStream("orders");
        await stream.GetStatusAsync(Token);

        var appends = Enumerable.Range(0, 5_000).Select(i => stream.AppendAsync(new NewEvent(i, "x"), Token)).ToArray();
        var positions = await Task.WhenAll(appends);

        Assert.Equal(Enumerable.Range(1, 5_000).Select(i => (long)i), positions.Select(p => p.Id.Value));
        Assert.Equal(Enumerable.Range(0, 5_000), (await stream.ToHeadAsync()).Select(e => e.Type.Value));
    }

    [Fact]
    public async Task AppendAsync_MoreThanIsGathered_WaitsAndKeepsTheOrder()
    {
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders"), options: reflex => reflex.MaxGatheredBytes = 1_000);
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync(new NewEvent(0, "warm"), Token);

        var appends = Enumerable.Range(1, 300).Select(async i => i % 3 == 0
            ? (await stream.AppendAsync([new NewEvent(i, "x") { Metadata = new byte[100] }, new NewEvent(i, "x")], Token))[0].Id.Value
            : (await stream.AppendAsync(new NewEvent(i, "x") { Metadata = new byte[100] }, Token)).Id.Value);
        var ids = await Task.WhenAll(appends.ToArray());

        Assert.Equal(ids.Order(), ids);
        Assert.Equal(Enumerable.Range(0, 401).Select(i => (long)i + 1), (await stream.ToHeadAsync()).Select(e => e.Id.Value));
    }

    [Fact]
    public async Task AppendAsync_ListOverPartitions_KeepsEachEntitysOrderAndAnswersEachPlace()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions: 4));
        var stream = silo.Reflex.GetStream("orders");
        var events = Enumerable.Range(0, 1_000).Select(i => new NewEvent(i, $"entity-{i % 37}")).ToArray();

        var positions = await stream.AppendAsync(events, Token);

        for (var partition = 0; partition < 4; partition++)
        {
            var stored = await stream.Partition(partition).ToHeadAsync();
            var expected = events.Where((_, i) => positions[i].Partition == partition).Select(e => e.Type);
            Assert.Equal(expected, stored.Select(e => e.Type));
            Assert.Equal(positions.Where(p => p.Partition == partition).Select(p => p.Id), stored.Select(e => e.Id));
        }

        Assert.All(events.Zip(positions), pair => Assert.Equal(Partitioning.PartitionOf(pair.First.ForeignId, 4), pair.Second.Partition));
    }

    [Fact]
    public async Task StreamAsync_WholeStreamFromAnyEventsCursor_GivesTheRest()
    {
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", partitions: 3), options: o => o.PageBytes = 300);
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync(Enumerable.Range(0, 60).Select(i => new NewEvent(i, $"e{i}")).ToArray(), Token);
        var all = await stream.ToHeadAsync();

        Assert.Equal(60, all.Count);
        await Gen.Int[0, 59].SampleAsync(
            async i =>
            {
                var rest = await stream.ToHeadAsync(Cursor.Parse(all[i].Cursor.ToString()));
                var seen = all.Take(i + 1).Select(e => (e.Partition, e.Id)).ToHashSet();
                return rest.Count == 59 - i && rest.All(e => !seen.Contains((e.Partition, e.Id)));
            },
            iter: 20);
    }

    [Fact]
    public async Task StreamAsync_AtTheHead_IsWokenByTheNextAppend()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        using var client = await silo.ConnectAsync();
        var stream = Outside(client).GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "before"), Token);

        await using var reader = stream.StreamAsync(Cursor.Empty, new StreamOptions(), Token).GetAsyncEnumerator(Token);
        Assert.True(await reader.MoveNextAsync());
        var next = reader.MoveNextAsync();
        await stream.AppendAsync(new NewEvent(2, "after"), Token);

        Assert.True(await next);
        Assert.Equal("after", reader.Current.ForeignId);
    }

    [Fact]
    public async Task EveryCall_UnknownStream_NamesTheKnownOnes()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders").AddStream("payments"));
        using var client = await silo.ConnectAsync();
        foreach (var reflex in new[] { silo.Reflex, Outside(client) })
        {
            var stream = reflex.GetStream("nope");
            Func<Task>[] calls =
            [
                () => stream.AppendAsync(new NewEvent(1, "a"), Token),
                () => stream.AppendAsync([new NewEvent(1, "a")], Token),
                () => stream.GetStatusAsync(Token),
                async () => await stream.StreamAsync(Cursor.Empty, new StreamOptions(), Token).GetAsyncEnumerator(Token).MoveNextAsync(),
                async () => await stream.Partition(0)(Cursor.Empty, new StreamOptions(), Token).GetAsyncEnumerator(Token).MoveNextAsync(),
            ];
            foreach (var call in calls)
            {
                var error = await Assert.ThrowsAsync<StreamNotFoundException>(call);
                Assert.Contains("orders, payments", error.Message, StringComparison.Ordinal);
                Assert.Equal("nope", error.Stream.Value);
            }
        }
    }

    [Fact]
    public async Task StreamAsync_CursorAhead_ReachesAnOutsideClientTyped()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        using var client = await silo.ConnectAsync();
        var stream = Outside(client).GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "a"), Token);

        var error = await Assert.ThrowsAsync<CursorAheadException>(
            async () => await stream.StreamAsync("5", Token).GetAsyncEnumerator(Token).MoveNextAsync());

        Assert.Equal(new EventId(5), error.Cursor);
        Assert.Equal(new EventId(1), error.Head);
        Assert.Equal("orders/0", error.Partition.ToString());
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task Partition_BeyondTheLast_NamesTheCount()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions: 2));

        var error = await Assert.ThrowsAsync<PartitionNotFoundException>(async () => await silo.Reflex.GetStream("orders")
            .Partition(2)(Cursor.Empty, new StreamOptions(), Token).GetAsyncEnumerator(Token).MoveNextAsync());

        Assert.Equal(2, error.Partitions);
    }

    [Fact]
    public async Task AppendAsync_OneEventTooLarge_AppendsNothingOfTheList()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions: 2));
        var stream = silo.Reflex.GetStream("orders");

        var error = await Assert.ThrowsAsync<EventTooLargeException>(() => stream.AppendAsync(
            [new NewEvent(1, "a"), new NewEvent(1, "b"), new NewEvent(1, "c") { Metadata = new byte[2 * 1024 * 1024] }], Token));

        Assert.Equal(1024 * 1024, error.Limit);
        Assert.Empty(await stream.ToHeadAsync());
    }

    [Fact]
    public async Task AppendAsync_ListOverTheAppendLimit_AppendsNothing()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"), options: o => o.MaxAppendBytes = 1_000);
        var stream = silo.Reflex.GetStream("orders");

        await Assert.ThrowsAsync<EventTooLargeException>(
            () => stream.AppendAsync(Enumerable.Repeat(new NewEvent(1, "a") { Metadata = new byte[100] }, 20).ToArray(), Token));

        Assert.Empty(await stream.ToHeadAsync());
    }

    [Fact]
    public async Task EveryCall_OfAClusterThatIsGone_SaysSoAsATransientError()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        using var client = await silo.ConnectAsync();
        var stream = Outside(client).GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        await silo.StopAsync();

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => stream.AppendAsync(new NewEvent(2, "b"), Token));

        Assert.True(error.IsTransient);
        Assert.StartsWith("Could not append to orders/0", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => stream.GetStatusAsync(Token));
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => Outside(client).ListStreamsAsync(Token));
    }

    private static IReflexClient Outside(IHost client) => client.Services.GetRequiredService<IReflexClient>();
}
