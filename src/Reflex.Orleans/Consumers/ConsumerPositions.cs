using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Partitions;

namespace Reflex.Orleans.Consumers;

/// <summary>What a partition's answer means for a consumer.</summary>
internal static class ConsumerPositions
{
    /// <summary>Refuses to skip another event than the one after a consumer's cursor.</summary>
    public static void RequireNext(this PositionResponse position, EventId id, CursorPlace? cursor, ConsumerKey consumer)
    {
        var next = new EventId(Math.Max(cursor?.Id.Value ?? 0, position.Oldest - 1)).Next;
        if (id != next || id.Value > position.Head)
        {
            throw new InvalidOperationException(
                next.Value > position.Head
                    ? $"The consumer {consumer} has no event to skip: its cursor is at the head {position.Head}."
                    : $"The consumer {consumer} can't skip event {id}: the event after its cursor is {next}; "
                        + "skip that one, or set the cursor.");
        }
    }

    /// <summary>How far a consumer is whose cursor was asked about.</summary>
    public static ConsumerPartitionStatus StatusOf(
        this PositionResponse position,
        int partition,
        ConsumerState state,
        ConsumerFault? fault,
        CursorPlace? cursor,
        DateTimeOffset now)
    {
        var waiting = position.Head - Math.Max(cursor?.Id.Value ?? 0, position.Oldest - 1);
        var lag = position.NextAppendedAt is { } next ? now - next : TimeSpan.Zero;
        return new ConsumerPartitionStatus(
            partition,
            state,
            fault,
            cursor,
            new EventId(position.Head),
            Math.Max(waiting, 0),
            lag > TimeSpan.Zero ? lag : TimeSpan.Zero);
    }
}
