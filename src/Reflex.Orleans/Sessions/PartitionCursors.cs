using Reflex.Consumers;
using Reflex.Cursors;

namespace Reflex.Orleans.Sessions;

/// <summary>One cursor from, and for, the partitions that it is about.</summary>
internal static class PartitionCursors
{
    public static Cursor Join(IReadOnlyList<CursorPlace?> places)
    {
        var cursor = Cursor.ForPartitions(places.Count);
        for (var i = 0; i < places.Count; i++)
        {
            cursor = places[i] is { } place ? cursor.With(i, place) : cursor;
        }

        return cursor;
    }

    /// <summary>Refuses a cursor that isn't about exactly these partitions; the empty one is about any.</summary>
    public static void RequirePlaces(Cursor cursor, int partitions, ConsumerId consumer)
    {
        if (cursor.Places != partitions && !cursor.IsEmpty)
        {
            throw new FormatException(
                $"The cursor {cursor} of the consumer '{consumer}' has {cursor.Places} place(s) but is about {partitions} partition(s): "
                + "give one place for each.");
        }
    }
}
