using Reflex.Events;

namespace Reflex.Storage;

/// <summary>Reads the log of a partition beside its owner; <see cref="IEventLogProvider.OpenReaderAsync"/> gives one.</summary>
/// <remarks>
/// <para>Calls: one at a time. Who reads beside others opens a reader of their own.
/// <see cref="IAsyncDisposable.DisposeAsync"/> comes last and once.</para>
/// <para>It shows durable events only, and whole appends only: what a look has shown no crash takes away. It keeps what its last look
/// found, as a replaced owner does. So of what was appended since it shows nothing, and what was removed since may be there still or
/// not.</para>
/// </remarks>
public interface IEventLogReader : IAsyncDisposable
{
    /// <summary>What the log held when this reader looked last. Never waits.</summary>
    LogBounds Bounds { get; }

    /// <summary>
    /// Looks what the log holds now; <see cref="Bounds"/> says it then. An append may wait for the look, but for no read.
    /// </summary>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>
    /// A task that ends when all is seen that was acknowledged before this call began, and nothing that was removed before. A log that was
    /// deleted meanwhile holds no events, and its head stays.
    /// </returns>
    /// <exception cref="LogCorruptedException">An opening would find the log damaged.</exception>
    /// <exception cref="LogFailedException">The storage failed; <see cref="Bounds"/> stay as they were.</exception>
    /// <exception cref="StorageRefusedException">
    /// What is stored there is of a newer version, somebody else's, or not accessible.
    /// </exception>
    ValueTask LookAsync(CancellationToken cancellationToken);

    /// <summary>Reads batches as <see cref="IEventLog.ReadAsync"/> does, within <see cref="Bounds"/>.</summary>
    /// <param name="after">
    /// The event before the first one wanted, from <see cref="LogBounds.Oldest"/> - 1 to <see cref="LogBounds.Head"/> - 1.
    /// </param>
    /// <param name="maxBytes">About how much to read; at least one batch is read, however large.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>
    /// Whole sealed batches, back to back and without a gap, their checksums verified; the first holds the event after
    /// <paramref name="after"/>, and may begin before it. The bytes are the caller's for ever.
    /// </returns>
    /// <exception cref="LogCorruptedException">What is stored there is damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The last look found nothing after <paramref name="after"/>.</exception>
    /// <exception cref="LogFailedException">
    /// The storage couldn't be read, or what was asked for has been removed since the last look: look again, and go on after the
    /// <see cref="LogBounds.Oldest"/> event's predecessor if that is later now.
    /// </exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken);
}
