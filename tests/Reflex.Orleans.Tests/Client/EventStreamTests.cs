using Microsoft.Extensions.DependencyInjection;
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
        var outside = client.Services.GetRequiredService<IReflexClient>().GetStream("orders");

        var first = await inside.AppendAsync(new NewEvent(1, "a"), Token);
        var second = await outside.AppendAsync(new NewEvent(2, "b") { Metadata = "hello"u8.ToArray() }, Token);

        Assert.Equal(new EventPosition(0, new EventId(1)), first);
        Assert.Equal(new EventPosition(0, new EventId(2)), second);
        foreach (var stream in new[] { inside, outside })
        {
            var events = await ReadToHeadAsync(stream, Cursor.Empty);
            Assert.Equal(["a", "b"], events.Select(e => e.ForeignId));
            Assert.Equal("hello"u8.ToArray(), events[1].Metadata.ToArray());
        }
    }

    private static async Task<List<Event>> ReadToHeadAsync(IEventStream stream, Cursor after)
    {
        var events = new List<Event>();
        await Assert.ThrowsAsync<HeadReachedException>(async () =>
        {
            await foreach (var e in stream.StreamAsync(after, new StreamOptions { ToHead = true }, Token))
            {
                events.Add(e);
            }
        });
        return events;
    }
}
