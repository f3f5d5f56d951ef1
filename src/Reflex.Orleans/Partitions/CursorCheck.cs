using Reflex.Orleans.Logs;
using Reflex.Storage;

namespace Reflex.Orleans.Partitions;

/// <summary>Compares a log that was just opened with the cursors that are stored of its consumers.</summary>
/// <remarks>
/// An event is durable before a cursor moves to it, so a cursor is never ahead of the head. Where it is, the next events would get ids
/// up to it, and its consumer would never see them.
/// </remarks>
internal static class CursorCheck
{
    /// <exception cref="StoredCursorAheadException">A cursor is ahead of the head.</exception>
    public static void RequireWithin(PartitionLog log, IStoredCursors stored)
    {
        var head = log.Bounds.Head;
        foreach (var (consumer, cursor) in stored.ReadCursors(log.Partition))
        {
            if (cursor > head)
            {
                throw new StoredCursorAheadException(log.Partition, consumer, cursor, head);
            }
        }
    }
}
