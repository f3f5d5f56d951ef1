using Reflex.AspNetCore.Events;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Rpc.Services;

/// <summary>Reads a stream of the cluster from a place that was checked, so that a wrong one is refused at once.</summary>
internal static class StreamReading
{
    public static async Task<Func<CancellationToken, IAsyncEnumerable<Event>>> StartAsync(
        IEventStream stream, StreamQuery query, CancellationToken cancellationToken) =>
        Read(stream, query, (await StreamStart.FindAsync(stream, query, cancellationToken)).Cursor);

    public static Func<CancellationToken, IAsyncEnumerable<Event>> Read(IEventStream stream, StreamQuery query, Cursor after)
    {
        var options = new StreamOptions { ToHead = query.ToHead, Lag = query.Lag };
        return query.Partition is { } partition
            ? cancellationToken => stream.Partition(partition)(after, options, cancellationToken)
            : cancellationToken => stream.StreamAsync(after, options, cancellationToken);
    }
}
