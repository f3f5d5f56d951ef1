using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

/// <summary>What a partition holds, seen from a cursor; without the time where only the bounds were asked for.</summary>
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

    /// <summary>Refuses to skip another event than the one after a consumer's cursor.</summary>
    public void RequireNext(EventId id, EventId? cursor, ConsumerKey consumer)
    {
        var next = new EventId(Math.Max(cursor?.Value ?? 0, Oldest - 1)).Next;
        if (id != next || id.Value > Head)
        {
            throw new InvalidOperationException(
                next.Value > Head
                    ? $"The consumer {consumer} has no event to skip: its cursor is at the head {Head}."
                    : $"The consumer {consumer} can't skip event {id}: the event after its cursor is {next}; "
                        + "skip that one, or set the cursor.");
        }
    }

    /// <summary>How far a consumer is whose cursor was asked about.</summary>
    public ConsumerPartitionStatus StatusOf(
        int partition, ConsumerState state, ConsumerFault? fault, EventId? cursor, DateTimeOffset now)
    {
        var behind = Head - Math.Max(cursor?.Value ?? 0, Oldest - 1);
        var lag = NextAppendedAt is { } next ? now - next : TimeSpan.Zero;
        return new ConsumerPartitionStatus(
            partition,
            state,
            fault,
            cursor,
            new EventId(Head),
            Math.Max(behind, 0),
            lag > TimeSpan.Zero ? lag : TimeSpan.Zero);
    }
}
