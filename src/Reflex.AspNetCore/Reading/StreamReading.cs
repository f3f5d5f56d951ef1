using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Reading;

/// <summary>Reads a stream from a place that was checked, so that a wrong one is refused at once.</summary>
/// <param name="Read">Reads it; it ends when its token is cancelled.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Stream">Its name, of one that the cluster has.</param>
/// <param name="Mark">How far it was read without an event; null when none is left out.</param>
internal sealed record StreamReading(
    Func<CancellationToken, IAsyncEnumerable<Event>> Read, StreamStart Start, StreamName Stream = default, ReadMark? Mark = null)
{
    /// <inheritdoc cref="StreamStart.FindAsync"/>
    public static async Task<StreamReading> StartAsync(IEventStream stream, StreamQuery query, CancellationToken cancellationToken) =>
        From(await StreamStart.FindAsync(stream, query, cancellationToken), stream, query);

    /// <summary>Reads a stream from a place on that somebody has found.</summary>
    public static StreamReading From(StreamStart start, IEventStream stream, StreamQuery query)
    {
        // The head was found with the place.
        var mark = query.IsFiltered ? new ReadMark() : null;
        var options = query.Options with { FromHead = false, Passed = mark is null ? null : mark.Set };
        return new StreamReading(
            query.Partition is { } partition
                ? cancellationToken => stream.Partition(partition)(start.Cursor, options, cancellationToken)
                : cancellationToken => stream.StreamAsync(start.Cursor, options, cancellationToken),
            start,
            stream.Name,
            mark);
    }
}
