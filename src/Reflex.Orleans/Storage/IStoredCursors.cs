using Reflex.Streams;

namespace Reflex.Orleans.Storage;

/// <summary>A grain storage that can tell which cursors it holds, for which Orleans' contract has no call.</summary>
internal interface IStoredCursors
{
    /// <summary>The cursors that are stored of a partition's consumers, in a few microseconds.</summary>
    IReadOnlyList<StoredCursor> ReadCursors(PartitionId partition);
}
