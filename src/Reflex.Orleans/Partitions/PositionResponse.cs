using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>What a partition holds, seen from a cursor.</summary>
/// <param name="Oldest">The oldest retained event.</param>
/// <param name="Head">The newest event.</param>
/// <param name="Bytes">What it takes in its storage.</param>
/// <param name="NextAppendedAt">When the event after the cursor was appended; null when only the bounds were asked for.</param>
/// <param name="HeadEpoch">The newest event's epoch.</param>
/// <param name="CursorEpoch">The epoch of the cursor's event; null when it isn't known.</param>
/// <param name="NextEpoch">The epoch of the event after the cursor; null when it isn't known.</param>
[GenerateSerializer, Immutable, Alias("reflex.PositionResponse")]
internal sealed record PositionResponse(
    [property: Id(0)] long Oldest,
    [property: Id(1)] long Head,
    [property: Id(2)] long Bytes,
    [property: Id(3)] DateTimeOffset? NextAppendedAt,
    [property: Id(4)] long HeadEpoch,
    [property: Id(5)] long? CursorEpoch,
    [property: Id(6)] long? NextEpoch)
{
    public CursorPlace HeadPlace => new(new EventId(Head), HeadEpoch);

    public static PositionResponse Of(LogBounds bounds, LogPlace place = default) => new(
        bounds.Oldest.Value,
        bounds.Head.Value,
        bounds.Bytes,
        place.NextAppendedAt,
        bounds.HeadEpoch,
        place.Epoch,
        place.NextEpoch);

    /// <summary>Refuses a cursor that reading can't continue at.</summary>
    public void Require(CursorPlace cursor, PartitionId partition)
    {
        if (cursor.Id.Value > Head)
        {
            throw new CursorAheadException(partition, cursor.Id, new EventId(Head));
        }

        if (cursor.Id.Value < Oldest - 1)
        {
            throw new CursorExpiredException(partition, cursor.Id, new EventId(Oldest));
        }

        if (cursor.Epoch != 0 && CursorEpoch is { } found && found != cursor.Epoch)
        {
            throw new CursorOfAnotherLifeException(partition, cursor, found);
        }
    }
}
