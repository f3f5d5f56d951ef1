using Microsoft.Extensions.DependencyInjection;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Client;

/// <summary>Reading some events of a stream, from inside the cluster and from outside.</summary>
public sealed class FilteredStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task StreamAsync_SomeEvents_AreThoseOfAPlainScanAndThePlaceIsTold(int partitions)
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders", partitions));
        using var outside = await silo.ConnectAsync();
        await silo.Reflex.GetStream("orders").AppendAsync(
            [.. Enumerable.Range(0, 3000).Select(i => new NewEvent(i % 5, $"entity-{i % 40}"))], Token);
        var all = await silo.Reflex.GetStream("orders").ToHeadAsync();
        var passed = Cursor.Empty;
        var options = new StreamOptions
        {
            ToHead = true, Types = [1, 3], ForeignIds = ["entity-1", "entity-3", "entity-8", "other"], Passed = cursor => passed = cursor,
        };

        foreach (var client in new[] { silo.Reflex, outside.Services.GetRequiredService<IReflexClient>() })
        {
            var some = await ReadAsync(client.GetStream("orders").StreamAsync(Cursor.Empty, options, Token));

            var expected = all.Where(EventFilter.Of(options)!.Wants).Select(e => (e.Partition, e.Id)).Order().ToList();
            Assert.True(expected.Count > 100);
            Assert.Equal(expected, some.Select(e => (e.Partition, e.Id)).Order());

            // Whoever goes on after what was told reads nothing again.
            Assert.Equal(partitions, passed.Places);
            Assert.Empty(await ReadAsync(client.GetStream("orders").StreamAsync(passed, new StreamOptions { ToHead = true }, Token)));

            // And after any event, the rest.
            var middle = some[some.Count / 2];
            var rest = await ReadAsync(client.GetStream("orders").StreamAsync(middle.Cursor, options, Token));
            Assert.Equal(some.Count - (some.Count / 2) - 1, rest.Count);
        }

        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task Partition_SomeEvents_ComeWhenTheyAreAppended()
    {
        await using var silo = await TestSilo.StartAsync(reflex => reflex.AddStream("orders"));
        var stream = silo.Reflex.GetStream("orders");
        var options = new StreamOptions { ForeignIds = ["42"] };
        await using var events = stream.Partition(0)(Cursor.Empty, options, Token).GetAsyncEnumerator(Token);
        var next = events.MoveNextAsync().AsTask();

        await stream.AppendAsync(new NewEvent(1, "41"), Token);
        await stream.AppendAsync(new NewEvent(2, "42"), Token);

        Assert.True(await next);
        Assert.Equal((2, 2), (events.Current.Id.Value, events.Current.Type.Value));
    }

    /// <summary>It answers with all events, and the reader leaves out what isn't wanted.</summary>
    [Fact]
    public async Task StreamAsync_OfASiloThatKnowsOfNoFilters_GivesTheSame()
    {
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders"), services: services => services.AddSingleton<IIncomingGrainCallFilter, EarlierSilo>());
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync([.. Enumerable.Range(1, 1000).Select(i => new NewEvent(i % 10, $"{i}"))], Token);
        var passed = Cursor.Empty;
        var options = new StreamOptions { ToHead = true, Types = [7], Passed = cursor => passed = cursor };

        var some = await ReadAsync(stream.StreamAsync(Cursor.Empty, options, Token));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (10L * i) + 7), some.Select(e => e.Id.Value));
        Assert.Equal(1000, passed.Of(0)?.Id.Value);
    }

    private sealed class EarlierSilo : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.Request.GetArgumentCount() > 0 && context.Request.GetArgument(0) is ReadRequest request)
            {
                context.Request.SetArgument(0, request with { Types = null, ForeignIds = null });
            }

            return context.Invoke();
        }
    }

    private static async Task<List<Event>> ReadAsync(IAsyncEnumerable<Event> events)
    {
        var list = new List<Event>();
        try
        {
            await foreach (var e in events)
            {
                list.Add(e);
            }
        }
        catch (HeadReachedException)
        {
            // All of them were read.
        }

        return list;
    }
}
