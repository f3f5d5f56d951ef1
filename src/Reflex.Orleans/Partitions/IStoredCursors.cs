using Reflex.Consumers;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Partitions;

/// <summary>A grain storage that can tell which cursors it holds, for which Orleans' contract has no call.</summary>
internal interface IStoredCursors
{
    /// <summary>The cursors that are stored of a partition's consumers, in a few microseconds.</summary>
    IEnumerable<(ConsumerName Consumer, EventId Cursor)> ReadCursors(PartitionId partition);
}
