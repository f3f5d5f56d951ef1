using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Storage;

/// <summary>An answer to a read: stored batches, and where the partition ends.</summary>
/// <param name="Blocks">
/// Sealed batches in order without a gap; a block holds one or more of them, back to back. The first may begin before the event
/// that was asked for. Empty when nothing newer exists. Immutable. A reader who wants some events only gets picked batches too, and gaps
/// where there is none that it wants.
/// </param>
/// <param name="Oldest">The oldest retained event; one more than <paramref name="Head"/> when there is none.</param>
/// <param name="Head">The newest durable event that its owner knew of.</param>
public sealed record LogPage(IReadOnlyList<ReadOnlyMemory<byte>> Blocks, EventId Oldest, EventId Head)
{
    /// <summary>
    /// The last event that was looked at, of a page of some events only: the next page begins after it. Null when that is the last one
    /// which the page's batches tell of.
    /// </summary>
    public CursorPlace? ReadTo { get; init; }

    /// <summary>The last event that the page has gone over, after which the next one begins; null when it brought nothing.</summary>
    public CursorPlace? Last
    {
        get
        {
            if (ReadTo is not null || Blocks.Count == 0)
            {
                return ReadTo;
            }

            // Of the last block only, which has one batch near the head: a page is asked for this before it is decoded.
            var rest = Blocks[^1];
            var batch = EventBatch.FromPage(rest);
            while (rest.Length > batch.Bytes.Length)
            {
                rest = rest[batch.Bytes.Length..];
                batch = EventBatch.FromPage(rest);
            }

            return new CursorPlace(batch.LastId, batch.Epoch);
        }
    }

    /// <summary>What its batches take, in bytes.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            for (var i = 0; i < Blocks.Count; i++)
            {
                bytes += Blocks[i].Length;
            }

            return bytes;
        }
    }

    /// <summary>Whether it brought nothing: no events, and no news of how far there are none that the reader wants.</summary>
    public bool IsEmpty => Blocks.Count == 0 && ReadTo is null;

    /// <summary>The batches of the page.</summary>
    /// <returns>Each batch in order.</returns>
    /// <exception cref="LogCorruptedException">The page's bytes are malformed.</exception>
    public IEnumerable<EventBatch> Batches()
    {
        foreach (var block in Blocks)
        {
            for (var rest = block; !rest.IsEmpty;)
            {
                var batch = EventBatch.FromPage(rest);
                yield return batch;
                rest = rest[batch.Bytes.Length..];
            }
        }
    }

    /// <summary>
    /// The epoch of the event after which the page was read, also when retention has removed that; null when it isn't known, or when the
    /// page brought nothing.
    /// </summary>
    /// <param name="after">That event.</param>
    /// <returns>The epoch.</returns>
    public long? EpochOf(EventId after) => Blocks.Count > 0 && EventBatch.FromPage(Blocks[0]) is var first && first.BaseId <= after.Next
        ? first.BaseId <= after ? first.Epoch : first.PreviousEpoch
        : null;

    /// <summary>The page for a reader that takes no keys; see <see cref="BatchForm"/>.</summary>
    /// <returns>This page, unless it has keys: then one that has the same events without them.</returns>
    /// <exception cref="InvalidOperationException">It has picked batches, which such a reader can't be sent at all.</exception>
    public LogPage WithoutKeys() => Batches().Any(batch => batch.HasKeys)
        ? this with { Blocks = [.. Batches().Select(batch => UnkeyedBatch.Of(batch).Bytes)] }
        : this;

    /// <summary>The events after an id.</summary>
    /// <param name="after">The last event handled; earlier ones in the page are passed over.</param>
    /// <param name="partition">The partition that the page is of.</param>
    /// <param name="others">The reader's cursor, from which the events' cursors are made.</param>
    /// <returns>The events in order.</returns>
    /// <exception cref="LogCorruptedException">The page's bytes are malformed.</exception>
    public IEnumerable<Event> Events(EventId after, int partition, Cursor others = default)
    {
        EventOrigin? origin = null;
        foreach (var batch in Batches())
        {
            batch.RequireKnownFlags();
            if (origin?.Epoch != batch.Epoch)
            {
                origin = new EventOrigin(partition, batch.Epoch, others);
            }

            var records = batch.Records;
            var id = batch.BaseId;
            var isPicked = batch.IsPicked;
            for (var left = batch.Count; left > 0; left--)
            {
                if (isPicked)
                {
                    id = PickedBatch.TakeId(batch, id, ref records);
                }

                var size = records.Length >= EventRecord.HeaderSize ? EventRecord.Size(records.Span) : 0;
                if (size < EventRecord.HeaderSize || size > records.Length)
                {
                    throw new LogCorruptedException(
                        $"Event {id} of partition {partition} is malformed: its record has a size of {size} bytes.");
                }

                if (id > after)
                {
                    yield return new Event(id, origin, records[..size]);
                }

                records = records[size..];
                id = id.Next;
            }
        }
    }
}
