using Reflex.Cursors;
using Reflex.Storage;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.State;

/// <summary>What the records of a storage that no silo uses say of cursors and streams.</summary>
/// <param name="Cursors">The cursors, in the order of the records.</param>
/// <param name="UnreadCursors">How many cursors have another form than the stock silo's, so that they can't be compared.</param>
/// <param name="Streams">The streams that are defined; none when their form isn't known here.</param>
public sealed record StoredState(
    IReadOnlyList<StoredCursor> Cursors, int UnreadCursors, IReadOnlyList<StreamDefinition> Streams)
{
    /// <summary>Reads all records; what isn't Reflex's is passed over.</summary>
    /// <param name="records">All that a storage holds.</param>
    /// <returns>What they say.</returns>
    /// <exception cref="StorageRefusedException">One is of a newer program.</exception>
    public static StoredState Read(IEnumerable<StateRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var cursors = new List<StoredCursor>();
        var unread = 0;
        var catalog = new StoredCatalog();
        foreach (var record in records)
        {
            if (StoredCursor.ConsumerOf(record) is not { } consumer)
            {
                catalog.Add(record);
            }
            else if (StateSerializer.TryReadCursor(record.Payload) is not { } stored)
            {
                unread++;
            }
            else if (stored.Cursor is { } id)
            {
                cursors.Add(new StoredCursor(consumer, new CursorPlace(new EventId(id), stored.Epoch)));
            }
        }

        return new StoredState(cursors, unread, catalog.Streams());
    }

    /// <summary>
    /// Moves a cursor that is ahead of its head back to it. Its consumer gets what is appended next, and nothing again.
    /// </summary>
    /// <param name="record">Any record.</param>
    /// <param name="headOf">The newest event of a partition; null leaves its cursors as they are.</param>
    /// <returns>What to store instead; null when the record stays as it is.</returns>
    /// <exception cref="StorageRefusedException">It is of a newer program.</exception>
    public static byte[]? Rewind(StateRecord record, Func<PartitionId, EventId?> headOf)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(headOf);
        return StoredCursor.ConsumerOf(record) is { } consumer
            && StateSerializer.TryReadCursor(record.Payload) is { Cursor: { } cursor } stored
            && headOf(consumer.Partition) is { } head
            && cursor > head.Value
                ? StateSerializer.Write(stored.At(head.Value))
                : null;
    }
}
