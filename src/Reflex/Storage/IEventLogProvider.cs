using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>A storage for the logs of partitions. Thread-safe; one for the whole process.</summary>
public interface IEventLogProvider
{
    /// <summary>The storage's name for people: "file log", "PostgreSQL".</summary>
    string Name { get; }

    /// <summary>Whether several silos can use this storage at once, which a cluster needs.</summary>
    bool ServesClusters { get; }

    /// <summary>When an append is done.</summary>
    Durability Durability { get; }

    /// <summary>Prepares the storage, before anything else uses it: connects, checks its version, takes its lock.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>A task that ends when logs can be opened.</returns>
    /// <exception cref="StorageRefusedException">The storage can't be used; nothing in it was changed.</exception>
    ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Opens the log of a partition as its only owner, creating it if it is new, and repairs what a crash left behind.
    /// The new owner's epoch is greater than any before it, and durable when the task ends; from then on no append of an older
    /// owner succeeds or shows. The cost doesn't depend on how much the log holds.
    /// </summary>
    /// <param name="partition">The partition whose log is opened.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>The log; the caller disposes it.</returns>
    /// <exception cref="LogCorruptedException">The log is damaged other than a crash would. Nothing was changed.</exception>
    /// <exception cref="LogFailedException">The storage failed.</exception>
    /// <exception cref="StorageRefusedException">
    /// What is stored there is of a newer version, somebody else's, or not accessible. Nothing was changed.
    /// </exception>
    ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a log that never had an event begin after another log's event, so that its next owner can import that one's events, with
    /// <see cref="IEventLog.ImportAsync"/>. This is how a log is copied into another storage.
    /// </summary>
    /// <remarks>
    /// <para>The next opening gives a log without events whose head is that event, with its epoch and append time, as if events up to it
    /// had been trimmed; and whose owner has an epoch above <see cref="LogStart.GreatestEpoch"/>. An older owner is fenced.</para>
    /// <para>It may be repeated. A log that holds no event yet begins anew. One that holds only imported events stays as it is and takes
    /// the epoch: after an import that didn't end, or for events of later epochs, open the log and go on after its
    /// <see cref="LogBounds.Head"/>.</para>
    /// </remarks>
    /// <param name="partition">The partition whose log begins.</param>
    /// <param name="start">Where the log begins.</param>
    /// <param name="cancellationToken">Ends the call before anything was done, or not at all.</param>
    /// <returns>
    /// A task that ends when the beginning is durable. After a failure or a crash it may be, or the log is as before, or, where it had
    /// begun elsewhere, as one that never had an event.
    /// </returns>
    /// <exception cref="ArgumentException">No log has such an event.</exception>
    /// <exception cref="LogCorruptedException">An opening would find the log damaged. Nothing was changed.</exception>
    /// <exception cref="LogFailedException">The storage failed.</exception>
    /// <exception cref="StorageRefusedException">
    /// The log has had events that weren't imported, or what is stored there is of a newer version, somebody else's, or not accessible.
    /// Nothing was changed.
    /// </exception>
    ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken);

    /// <summary>
    /// Begins to read a partition's log without becoming its owner: for copies, for verifying, for tools. Nothing in the storage is made,
    /// changed or repaired, and no epoch is taken; an owner may append and trim meanwhile, or be replaced, and there may be any number of
    /// readers.
    /// </summary>
    /// <param name="partition">The partition that is read.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <returns>
    /// The reader, which has looked what the log holds; the caller disposes it. Null where there is no log: it was never opened, or was
    /// deleted and not opened since.
    /// </returns>
    /// <exception cref="LogCorruptedException">An opening would find the log damaged.</exception>
    /// <exception cref="LogFailedException">The storage failed.</exception>
    /// <exception cref="StorageRefusedException">
    /// What is stored there is of a newer version, somebody else's, or not accessible.
    /// </exception>
    ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>
    /// The epoch of a log's newest owner, or that of its deletion where this came later. <see cref="DeleteAsync"/> is told it.
    /// </summary>
    /// <param name="partition">The partition that is asked about.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>
    /// The epoch, at a moment between the call and the answer; 0 when there never was an owner. It is told of a damaged log too, as long as
    /// the owner's own record can be read. Nothing is made, changed or repaired, and no owner waits for it.
    /// </returns>
    /// <exception cref="LogCorruptedException">There is a log, and who owns it can't be read.</exception>
    /// <exception cref="LogFailedException">The storage failed.</exception>
    /// <exception cref="StorageRefusedException">
    /// What is stored there is of a newer version, somebody else's, or not accessible.
    /// </exception>
    ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what a log's owners up to an epoch have appended, which is all of its events, and leaves its head and its epoch, so that
    /// ids and epochs go on after them if it is opened again. From when the task ends no append of those owners succeeds or shows, and the
    /// log isn't listed until it is opened. Where a newer owner has opened the log, nothing is deleted.
    /// </summary>
    /// <remarks>
    /// <para>A deletion may come late: its process was frozen, somebody else has finished it, and the log has got a new life meanwhile. So
    /// who deletes asks for the epoch (<see cref="GetEpochAsync"/>) first, then makes sure that what the log belongs to is still to be
    /// deleted, and then deletes under that epoch. In this order: owners up to the epoch opened before it was last seen that all is to go,
    /// so that nothing is lost that came afterwards; and every owner of a later life has a greater epoch, whose look at it and whose
    /// marking of the log as deleted are one atomic step, however late it comes. With the order turned round, the epoch could be that of
    /// the later life's owner.</para>
    /// <para>When it is fenced, the same is done again with the epoch that there is then. That an owner was faster isn't yet a reason not
    /// to delete: it may be one of the old life that opened the log again.</para>
    /// <para>The next opening gives a log without events, whose <see cref="LogBounds.Head"/>, <see cref="LogBounds.HeadEpoch"/> and
    /// <see cref="LogBounds.HeadAppendedAt"/> are those from before and whose epoch is greater than all before: what bears an id or an
    /// epoch of the deleted events is never taken for something that comes later. An older owner's reads return what was there, or fail
    /// with <see cref="LogFailedException"/>.</para>
    /// <para>Where there is no log, nothing is done or made; one that is deleted already stays so, under whatever epoch, and that is no
    /// failure. After a failure or a crash the log is deleted, or opens as any other: with all of its events, its newest ones, or none.
    /// Deleting it again does the rest, under an epoch that is asked for again: an unfinished deletion may have left one of its own.</para>
    /// </remarks>
    /// <param name="partition">The partition whose events go.</param>
    /// <param name="epoch">The epoch of the last owner whose events are to go, as <see cref="GetEpochAsync"/> has told it.</param>
    /// <param name="cancellationToken">Ends the call before anything was done, or not at all.</param>
    /// <returns>A task that ends when the deletion is durable. The cost may grow with what the log holds.</returns>
    /// <exception cref="LogFencedException">An owner with a greater epoch has opened the log. Nothing was changed.</exception>
    /// <exception cref="LogCorruptedException">
    /// An opening would find the log damaged, and what its head was isn't certain. Nothing was changed.
    /// </exception>
    /// <exception cref="LogFailedException">The storage failed.</exception>
    /// <exception cref="StorageRefusedException">
    /// What is stored there is of a newer version, somebody else's, or not accessible. Nothing was changed.
    /// </exception>
    ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken);

    /// <summary>
    /// The partitions of which there is a log: those that were opened before, by this process or by another one, and not deleted since.
    /// </summary>
    /// <param name="stream">The stream whose partitions are listed; null lists those of all streams.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The partitions, each once, in no order. Whether their logs can be opened wasn't looked at.</returns>
    /// <exception cref="StorageRefusedException">The storage can't be read.</exception>
    /// <exception cref="IOException">The storage failed.</exception>
    ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken);

    /// <summary>
    /// The logs that were deleted and not opened since, with what is left of them, so that a copy of the storage has it too.
    /// </summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The logs, each once, in no order. Nothing is made, changed or repaired.</returns>
    /// <exception cref="LogCorruptedException">An opening would find one of them damaged.</exception>
    /// <exception cref="LogFailedException">The storage failed.</exception>
    /// <exception cref="StorageRefusedException">The storage can't be read.</exception>
    /// <exception cref="IOException">The storage failed.</exception>
    ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken);
}
