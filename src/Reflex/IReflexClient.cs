using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex;

/// <summary>A Reflex cluster as an application sees it. Thread-safe; one for the whole process.</summary>
public interface IReflexClient
{
    /// <summary>A stream by its name. Costs nothing; whether the stream exists shows at the first call.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <returns>The stream.</returns>
    IEventStream GetStream(StreamName stream);

    /// <summary>A consumer by its stream and name. Costs nothing; whether it exists shows at the first call.</summary>
    /// <param name="stream">The stream that it consumes.</param>
    /// <param name="consumer">The consumer's name.</param>
    /// <returns>The consumer's status and controls.</returns>
    IConsumerControl GetConsumer(StreamName stream, ConsumerName consumer);

    /// <summary>Defines a stream, durably, or changes the retention of one that there is.</summary>
    /// <remarks>A changed retention is applied by each partition within the silo's maintenance interval, a minute by default.</remarks>
    /// <param name="definition">Its name, partition count and retention.</param>
    /// <param name="cancellationToken">Ends the wait; the stream may have been defined all the same.</param>
    /// <returns>True when this call created it; false when it existed, and has this retention now.</returns>
    /// <exception cref="StreamConflictException">The stream exists with another partition count.</exception>
    /// <exception cref="StreamLimitException">The cluster has as many streams, or partitions, as it may.</exception>
    /// <exception cref="StreamBeingDeletedException">One of that name is being deleted.</exception>
    /// <exception cref="FormatException">The name is kept for streams of Reflex's own, such as <c>orders.mailer.dead</c>.</exception>
    Task<bool> DefineStreamAsync(StreamDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Deletes a stream: all its events, and its consumers' cursors. It can't be undone.</summary>
    /// <remarks>
    /// The stream can't be found from the call's beginning on. Who reads or appends gets a <see cref="StreamNotFoundException"/>, at the
    /// latest when the call ends. A consumer that the silos have registered waits for a stream of that name. Where another stream of that
    /// name is defined later, its ids go on after the old ones, so that an old cursor is never taken for one of the new events.
    /// </remarks>
    /// <param name="stream">The stream's name.</param>
    /// <param name="cancellationToken">Ends the wait; the deletion goes on.</param>
    /// <returns>True when it was deleted; false when there was none of that name.</returns>
    /// <exception cref="Storage.LogCorruptedException">
    /// A partition's log is damaged, which only somebody who has looked at it may give up: remove the log from the storage, and delete the
    /// stream again. Until then its name isn't free.
    /// </exception>
    /// <exception cref="ConsumerBusyException">A consumer's logic doesn't end: the deletion goes on when it has.</exception>
    /// <exception cref="ClusterUnavailableException">A part can't be reached: the deletion goes on when it can.</exception>
    Task<bool> DeleteStreamAsync(StreamName stream, CancellationToken cancellationToken = default);

    /// <summary>The defined streams, ordered by name.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their definitions.</returns>
    Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken = default);

    /// <summary>A page of the defined streams, ordered by name.</summary>
    /// <param name="after">The name after which the page begins, such as the last one of the page before; null for the first page.</param>
    /// <param name="most">How many at most, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their definitions; fewer than <paramref name="most"/> when there are no more.</returns>
    Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(StreamName? after, int most, CancellationToken cancellationToken = default);

    /// <summary>
    /// The consumers, ordered by stream and name: those that are registered, and those outside the cluster that ever had a session
    /// or a cursor here.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their names.</returns>
    Task<IReadOnlyList<ConsumerId>> ListConsumersAsync(CancellationToken cancellationToken = default);

    /// <summary>The cluster as a store of the cursors of consumers that run elsewhere, on all partitions or on one.</summary>
    /// <param name="stream">The stream that they consume.</param>
    /// <param name="partition">The one partition, whose cursors are plain event ids; null for all, with vectors of ids.</param>
    /// <returns>
    /// The store, whose cursors are durable as soon as they are set. Whether the stream exists shows at the first call, and so does
    /// a consumer that the cluster itself runs: its cursor can be read, but setting it is a <see cref="ConsumerConflictException"/>.
    /// Setting the cursor of a stopped consumer is a <see cref="ConsumerStoppedException"/>; setting one beyond the head is a
    /// <see cref="CursorAheadException"/>; setting one under a new name, when as many names are kept as may be, is a
    /// <see cref="ConsumerLimitException"/>. What is refused leaves no name and moves no place of a cursor. A session of the consumer
    /// ends by a cursor that is set. Whose cursor was set is listed from then on.
    /// </returns>
    ICursorStore GetCursors(StreamName stream, int? partition = null);

    /// <summary>
    /// Takes over a consumer that runs outside the cluster, which keeps its cursor. It needs no registration; from now on it is
    /// listed, and keeps its cursor for good.
    /// </summary>
    /// <param name="stream">The stream that it consumes.</param>
    /// <param name="partition">The one partition that it consumes; null for all.</param>
    /// <param name="consumer">The consumer's name.</param>
    /// <param name="cancellationToken">Ends the wait; the consumer may have been taken over all the same.</param>
    /// <returns>The session, for the caller to dispose. Older sessions of the consumer on these partitions have ended.</returns>
    /// <exception cref="StreamNotFoundException">The stream isn't defined.</exception>
    /// <exception cref="PartitionNotFoundException">It has no such partition.</exception>
    /// <exception cref="ConsumerConflictException">The cluster runs a consumer of this name itself.</exception>
    /// <exception cref="ConsumerLimitException">The name is new, and the cluster keeps as many as it may.</exception>
    /// <exception cref="ConsumerReplacedException">Another session, which opened at the same time, has the consumer.</exception>
    /// <exception cref="ConsumerStoppedException">
    /// Somebody has stopped the consumer with <see cref="IConsumerControl.StopAsync"/>, and nobody has started it.
    /// </exception>
    Task<IConsumerSession> OpenSessionAsync(
        StreamName stream, int? partition, ConsumerName consumer, CancellationToken cancellationToken = default);
}
