using Reflex.Consumers;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Partitions;

/// <summary>Tells which cursors the storage holds, where it can.</summary>
internal interface IStoredCursors
{
    /// <summary>The cursors that are stored of a partition's consumers, in a few microseconds; none where the storage can't tell.</summary>
    IEnumerable<(ConsumerName Consumer, EventId Cursor)> ReadCursors(PartitionId partition);
}
