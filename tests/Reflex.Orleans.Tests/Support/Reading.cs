using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Support;

/// <summary>Reads what there is.</summary>
internal static class Reading
{
    public static Task<List<Event>> ToHeadAsync(this IEventStream stream, Cursor after = default) => ToHeadAsync(stream.StreamAsync, after);

    public static async Task<List<Event>> ToHeadAsync(this StreamFunc stream, Cursor after = default)
    {
        var events = new List<Event>();
        await Assert.ThrowsAsync<HeadReachedException>(async () =>
        {
            await foreach (var e in stream(after, new StreamOptions { ToHead = true }, TestContext.Current.CancellationToken))
            {
                events.Add(e);
            }
        });
        return events;
    }
}
