using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Reading;

/// <summary>Reads a stream of the cluster from a place that was checked, so that a wrong one is refused at once.</summary>
/// <param name="Read">Reads it; it ends when its token is cancelled.</param>
/// <param name="Partitions">How many partitions that reads.</param>
/// <param name="HasEvents">Whether it begins with events that are there.</param>
internal sealed record StreamReading(Func<CancellationToken, IAsyncEnumerable<Event>> Read, int Partitions, bool HasEvents)
{
    public static async Task<StreamReading> StartAsync(IEventStream stream, StreamQuery query, CancellationToken cancellationToken)
    {
        var start = await StreamStart.FindAsync(stream, query, cancellationToken);
        return new StreamReading(Reader(stream, query, start.Cursor), start.Partitions, start.HasEvents);
    }

    /// <summary>Reads a stream from its head on, which somebody has found.</summary>
    public static StreamReading FromHead(IEventStream stream, StreamQuery query, Cursor head) =>
        new(Reader(stream, query, head), head.Places, HasEvents: false);

    private static Func<CancellationToken, IAsyncEnumerable<Event>> Reader(IEventStream stream, StreamQuery query, Cursor after)
    {
        var options = new StreamOptions { ToHead = query.ToHead, Lag = query.Lag };
        return query.Partition is { } partition
            ? cancellationToken => stream.Partition(partition)(after, options, cancellationToken)
            : cancellationToken => stream.StreamAsync(after, options, cancellationToken);
    }
}
