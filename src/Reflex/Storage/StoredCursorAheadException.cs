using Reflex.Consumers;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>
/// A stored cursor names an event that the log doesn't have: the log has lost its end, or the two are of different moments. The
/// partition isn't served, since the events that it would be given next would be passed over in silence.
/// </summary>
public sealed class StoredCursorAheadException : LogCorruptedException
{
    /// <inheritdoc cref="StoredCursorAheadException"/>
    /// <param name="partition">The partition that isn't served.</param>
    /// <param name="consumer">The consumer whose cursor it is.</param>
    /// <param name="cursor">The event that the cursor names.</param>
    /// <param name="head">The newest event of the log.</param>
    public StoredCursorAheadException(PartitionId partition, ConsumerName consumer, EventId cursor, EventId head)
        : base(
            $"The cursor of the consumer '{consumer}' on {partition} is {cursor}, ahead of the head {head}: the log has lost its end, as " +
            "a power cut does to one that isn't flushed, or it is of an earlier moment than the cursor, as in a folder that was copied " +
            "while a silo used it; restore a backup, or stop the silo and move such cursors back with its command rewind-cursors.")
    {
        SetFact("partition", partition.ToString());
        SetFact("consumer", consumer.Value);
        SetFact("cursor", cursor.Value);
        SetFact("head", head.Value);

        // It has nothing that a client may not learn.
        SetClientMessage(Message);
    }

    /// <summary>The partition that isn't served.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    /// <summary>The consumer whose cursor it is.</summary>
    public ConsumerName Consumer => GetText("consumer");

    /// <summary>The event that the cursor names.</summary>
    public EventId Cursor => new(GetNumber("cursor"));

    /// <summary>The newest event of the log.</summary>
    public EventId Head => new(GetNumber("head"));
}
