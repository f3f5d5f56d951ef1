using Reflex.Cursors;
using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Pages;

/// <summary>A partition's pages, from wherever the partition is. Thread-safe.</summary>
internal interface IPageSource
{
    /// <summary>Whose pages they are.</summary>
    PartitionId Partition { get; }

    /// <summary>Reads a page; see <see cref="PartitionLog.ReadAsync"/>.</summary>
    /// <param name="after">The last event handled; null for the place before the oldest retained one.</param>
    /// <param name="wait">How long to wait at the head; a source may wait less, but zero answers at once.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>
    /// The page; empty when nothing newer came. One that is empty without waiting says that <paramref name="after"/> was the head after
    /// this call began; after waiting it says nothing.
    /// </returns>
    Task<LogPage> ReadAsync(CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>The newest durable event.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Its id and epoch.</returns>
    Task<CursorPlace> GetHeadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Finds out how many partitions the stream has, which from then on is the stream that this reads: one of its name with another number
    /// is another one.
    /// </summary>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>Their number.</returns>
    ValueTask<int> FindPartitionsAsync(CancellationToken cancellationToken);

    /// <summary>Gives back what it keeps to go on reading. It may be read again.</summary>
    ValueTask EndAsync() => default;
}
