using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>What a partition holds, seen from a cursor.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PositionResponse")]
internal sealed record PositionResponse(
    [property: Id(0)] long Oldest,
    [property: Id(1)] long Head,
    [property: Id(2)] long Bytes,
    [property: Id(3)] DateTimeOffset? NextAppendedAt)
{
    /// <summary>Refuses a cursor that reading can't continue at.</summary>
    public void Require(EventId cursor, PartitionId partition)
    {
        if (cursor.Value > Head)
        {
            throw new CursorAheadException(partition, cursor, new EventId(Head));
        }

        if (cursor.Value < Oldest - 1)
        {
            throw new CursorExpiredException(partition, cursor, new EventId(Oldest));
        }
    }
}
