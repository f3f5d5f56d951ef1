using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>The log of one partition, as its one owner holds it. This, <see cref="IEventLogProvider"/> and <c>BATCH.md</c> are
/// all that a storage's author needs.</summary>
/// <remarks>
/// <para>Calls: at most one <see cref="AppendAsync"/>, <see cref="ImportAsync"/> or <see cref="TrimAsync"/> runs at a time; any
/// number of <see cref="ReadAsync"/> and <see cref="ConfirmAsync"/> runs beside it. <see cref="IAsyncDisposable.DisposeAsync"/> comes
/// last and once; it waits for what runs, keeps everything that was appended, and lets the next owner open at once. No call
/// may block its thread on the storage: the owner calls from a thread that has other work.</para>
/// <para>Buffers: the log may read the appended batches' bytes until the task ends, and must not keep or change them. The
/// bytes that a read returns are the reader's for ever; the log must not change or reuse them.</para>
/// <para>Failure: the first failure of the storage in an append latches. That append and every later one fail with
/// <see cref="LogFailedException"/> (or a subclass), because it is unknown what the storage has kept; only opening the log
/// again, which looks, makes it usable. A trim's failure may latch as well. Reads of durable events go on. A storage that is sure to have
/// done nothing of an append, and not to do it later, may fail it with <see cref="LogUnavailableException"/> or
/// <see cref="LogFullException"/> and go on: then nothing latches, and <see cref="Failure"/> stays null.</para>
/// <para>Owners: nobody tells an owner that a newer one has opened or deleted the log, or what that one appends and trims. It keeps what
/// it knows: its <see cref="Bounds"/> stay as its own last append or trim left them, and its reads return what was there, or fail with
/// <see cref="LogFailedException"/> where a newer owner has removed it. So neither says what the log holds now. Whoever claims something
/// of that (an id is the head, is ahead of it, is expired) looks first and then awaits <see cref="ConfirmAsync"/>: what it saw was true
/// when it looked.</para>
/// </remarks>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>The owner's number, greater than any earlier owner's.</summary>
    long Epoch { get; }

    /// <summary>What the log holds, at one moment. Never waits, and any thread may ask.</summary>
    LogBounds Bounds { get; }

    /// <summary>
    /// Why the log takes no more appends and trims until it is opened again; null while it does. Never waits, and any thread may ask.
    /// </summary>
    LogFailedException? Failure { get; }

    /// <summary>Appends batches at the end of the log.</summary>
    /// <param name="batches">
    /// At least one sealed batch with this owner's epoch, in order, the first continuing after <see cref="LogBounds.Head"/>
    /// without a gap; the last one doesn't carry <see cref="EventBatch.MoreFollows"/>.
    /// </param>
    /// <returns>
    /// A task that ends when all of them are durable; no read returns any of them before. After a crash a beginning of them
    /// may be there, cut only after a batch without <see cref="EventBatch.MoreFollows"/>. It can't be cancelled: half an
    /// append is of use to nobody.
    /// </returns>
    /// <exception cref="LogFencedException">A newer owner has opened the log; none of the batches is or will be in it.</exception>
    /// <exception cref="LogFullException">The storage has no room; none of the batches is acknowledged.</exception>
    /// <exception cref="LogUnavailableException">The storage can't be used now; none of the batches is or will be in the log.</exception>
    /// <exception cref="LogFailedException">The storage failed, now or before.</exception>
    /// <exception cref="ArgumentException">
    /// The batches don't continue the log, or one is picked (<see cref="EventBatch.IsPicked"/>). Nothing was written.
    /// </exception>
    ValueTask AppendAsync(IReadOnlyList<EventBatch> batches);

    /// <summary>
    /// Puts another log's batches, of epochs before this owner's, at the end of a log that holds none but such; see
    /// <see cref="IEventLogProvider.BeginAsync"/>. They keep every byte: ids, epochs and append times, so that a cursor of the other log is
    /// good in this one.
    /// </summary>
    /// <param name="batches">
    /// At least one sealed batch of any format, in order, the first continuing after <see cref="LogBounds.Head"/> without a gap. Each has
    /// the epoch of the one before or a greater one, says so where it says its previous epoch, and has a smaller one than this owner. The
    /// last one doesn't carry <see cref="EventBatch.MoreFollows"/>.
    /// </param>
    /// <returns>
    /// A task that ends when all of them are durable; no read returns any of them before. After a crash a beginning of them may be there,
    /// cut only after a batch without <see cref="EventBatch.MoreFollows"/>: <see cref="LogBounds.Head"/> says how far it reaches, also to
    /// the next owner, who goes on there.
    /// </returns>
    /// <exception cref="StorageRefusedException">The log has had an event that wasn't imported. Nothing was written.</exception>
    /// <exception cref="LogFencedException">A newer owner has opened the log; none of the batches is or will be in it.</exception>
    /// <exception cref="LogFullException">The storage has no room; none of the batches is acknowledged.</exception>
    /// <exception cref="LogUnavailableException">The storage can't be used now; none of the batches is or will be in the log.</exception>
    /// <exception cref="LogFailedException">The storage failed, now or before.</exception>
    /// <exception cref="ArgumentException">
    /// The batches don't continue the log, have this owner's epoch or a later one, or one is picked. Nothing was written.
    /// </exception>
    ValueTask ImportAsync(IReadOnlyList<EventBatch> batches);

    /// <summary>Reads durable batches.</summary>
    /// <param name="after">
    /// The event before the first one wanted, from <see cref="LogBounds.Oldest"/> - 1 to <see cref="LogBounds.Head"/> - 1.
    /// </param>
    /// <param name="maxBytes">About how much to read; at least one batch is read, however large.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>
    /// Whole sealed batches, back to back and without a gap, their checksums verified; the first holds the event after
    /// <paramref name="after"/>, and may begin before it.
    /// </returns>
    /// <exception cref="LogCorruptedException">What is stored there is damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The log has nothing after <paramref name="after"/>.</exception>
    /// <exception cref="LogFailedException">The storage couldn't be read, or a newer owner has removed what was asked for.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Asks the storage whether this is the owner still. Cheap: a small read.</summary>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>
    /// A task that ends when the storage has said, after this call began, that no newer owner's opening or deletion has ended. So nobody
    /// else had appended, trimmed or deleted anything when the call began.
    /// </returns>
    /// <exception cref="LogFencedException">A newer owner has opened the log, or somebody has deleted it.</exception>
    /// <exception cref="LogFailedException">The storage couldn't be asked. Nothing latches.</exception>
    ValueTask ConfirmAsync(CancellationToken cancellationToken);

    /// <summary>Removes a piece of the oldest events that a retention doesn't keep.</summary>
    /// <remarks>
    /// <para>A piece is so small that appends may wait for it; between two of them they go first. The owner asks again as long as the
    /// answer is true.</para>
    /// <para>By age all that is older goes, but for what is stored together with something younger; the newest events too, and then
    /// the log holds none. By bytes it may keep more than it would have to, and keeps the newest event.</para>
    /// <para>An append time that is later than <paramref name="now"/>, or earlier than that of the event before, comes from a wrong clock.
    /// Such an event stays for its age from a later event's time on, or from the first trim on that finds it, or one within the hour.
    /// </para>
    /// <para>Whatever goes, <see cref="LogBounds.Head"/>, <see cref="LogBounds.HeadEpoch"/> and
    /// <see cref="LogBounds.HeadAppendedAt"/> stay, also for the next owner.</para>
    /// </remarks>
    /// <param name="retention">How long events are kept.</param>
    /// <param name="now">The time, from a clock that doesn't jump ahead.</param>
    /// <param name="cancellationToken">Ends the trimming; what was removed stays removed.</param>
    /// <returns>
    /// Whether there may be more to remove; false when nothing is left to do. The task ends when <see cref="Bounds"/> shows the new
    /// oldest event.
    /// </returns>
    /// <exception cref="LogFailedException">
    /// The storage failed. The log stays usable unless <see cref="Failure"/> says otherwise.
    /// </exception>
    ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken);
}
