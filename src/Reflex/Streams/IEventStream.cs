using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Streams;

/// <summary>A stream: append to it, read it. Thread-safe.</summary>
/// <remarks>
/// Every call throws <see cref="StreamNotFoundException"/> when the stream isn't defined. Cancelling an append ends the
/// wait. One that waits for its partition in the cluster's client or silo is taken back; but it may be on its way already, and the event
/// be appended, now or a moment later. Appending it again may double it.
/// </remarks>
public interface IEventStream
{
    /// <summary>The stream's name.</summary>
    StreamName Name { get; }

    /// <summary>The stream's definition and what each partition holds.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The status.</returns>
    Task<StreamStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>What one partition holds.</summary>
    /// <param name="partition">The partition, from 0.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its status. An implementation that can asks that partition only; otherwise it costs what the whole stream's does.</returns>
    /// <exception cref="PartitionNotFoundException">The stream has no such partition.</exception>
    async Task<PartitionStatus> GetPartitionStatusAsync(int partition, CancellationToken cancellationToken = default)
    {
        var status = await GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return partition >= 0 && partition < status.Partitions.Count
            ? status.Partitions[partition]
            : throw new PartitionNotFoundException(Name, partition, status.Partitions.Count);
    }

    /// <summary>Appends an event to the partition of its foreign id. Concurrent calls travel and are stored together.</summary>
    /// <param name="newEvent">The event.</param>
    /// <param name="cancellationToken">Ends the wait; the event may have been appended all the same.</param>
    /// <returns>Where it stands, once it is durable.</returns>
    /// <exception cref="ArgumentException">Its foreign id or trace is null, too long, or no text; nothing was appended.</exception>
    /// <exception cref="EventTooLargeException">It is over the size limit; nothing was appended.</exception>
    /// <exception cref="Storage.LogBusyException">Too much waits for its partition; nothing was appended.</exception>
    /// <exception cref="Storage.LogUnavailableException">The log's storage can't be used now; nothing was appended.</exception>
    /// <exception cref="Storage.LogFailedException">The log can't append now; whether it was appended is unknown.</exception>
    /// <exception cref="ClusterUnavailableException">The cluster can't be reached; whether it was appended is unknown.</exception>
    Task<EventPosition> AppendAsync(NewEvent newEvent, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends events, keeping their order within each partition. In a partition all or none of them are appended, and they
    /// become visible together; a stream of several partitions may have taken some partitions' events when the call fails.
    /// </summary>
    /// <param name="newEvents">The events; not to be changed until the call ends.</param>
    /// <param name="cancellationToken">Ends the wait; the events may have been appended all the same.</param>
    /// <returns>Where each stands, in the same order, once all are durable.</returns>
    /// <exception cref="ArgumentException">A foreign id or trace is null, too long, or no text; nothing was appended.</exception>
    /// <exception cref="EventTooLargeException">One of them, or all together, are over the limit; nothing was appended.</exception>
    /// <exception cref="Storage.LogBusyException">Too much waits for a partition, to which nothing was appended.</exception>
    /// <exception cref="Storage.LogUnavailableException">A partition's storage can't be used now; nothing was appended to it.</exception>
    /// <exception cref="Storage.LogFailedException">A log can't append now; whether its events were appended is unknown.</exception>
    /// <exception cref="ClusterUnavailableException">The cluster can't be reached; whether events were appended is unknown.</exception>
    Task<IReadOnlyList<EventPosition>> AppendAsync(IReadOnlyList<NewEvent> newEvents, CancellationToken cancellationToken = default);

    /// <summary>The whole stream as a <see cref="StreamFunc"/>: all partitions, each in its order.</summary>
    /// <param name="after">Where to continue: empty, or a cursor with a place for each partition.</param>
    /// <param name="options">How to read.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    /// <returns>The events; see <see cref="StreamFunc"/> for how it ends.</returns>
    IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions options, CancellationToken cancellationToken = default);

    /// <summary>One partition as a <see cref="StreamFunc"/>.</summary>
    /// <param name="partition">The partition, from 0; one that doesn't exist shows when it is read.</param>
    /// <returns>The function, whose cursors are plain event ids.</returns>
    StreamFunc Partition(int partition);
}
