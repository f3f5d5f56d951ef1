using System.Buffers.Binary;
using Reflex.Events;

namespace Reflex.Storage;

/// <summary>Some events of a sealed batch, for a page of a reader who wants no others; see BATCH.md. Never stored.</summary>
internal static class PickedBatch
{
    private const int OffsetSize = 4;

    /// <summary>Adds what a reader wants of a batch to a page.</summary>
    /// <param name="blocks">
    /// The page. It gets the batch itself if all of it is wanted, nothing if none is, else what was picked: more than one batch only where
    /// the offsets would make it too large for one.
    /// </param>
    /// <param name="batch">A sealed batch that isn't picked itself.</param>
    /// <param name="isWanted">Tells by an event's record whether it is wanted; asked once for each.</param>
    public static void AddTo(List<ReadOnlyMemory<byte>> blocks, EventBatch batch, Func<ReadOnlyMemory<byte>, bool> isWanted)
    {
        var picked = new List<(int Offset, ReadOnlyMemory<byte> Record)>();
        var records = batch.Records;
        for (var offset = 0; offset < batch.Count; offset++)
        {
            var record = records[..EventRecord.Size(records.Span)];
            if (isWanted(record))
            {
                picked.Add((offset, record));
            }

            records = records[record.Length..];
        }

        if (picked.Count == batch.Count)
        {
            blocks.Add(batch.Bytes);
            return;
        }

        for (var from = 0; from < picked.Count;)
        {
            var (count, size) = Fit(picked, from, batch.HeaderLength);
            blocks.Add(Make(batch, picked.GetRange(from, count), size).Bytes);
            from += count;
        }
    }

    /// <summary>Takes an event's place from the start of its record.</summary>
    /// <param name="batch">The picked batch.</param>
    /// <param name="least">The least id that it can have.</param>
    /// <param name="records">What is left of the records.</param>
    /// <exception cref="LogCorruptedException">It can't be there.</exception>
    public static EventId TakeId(EventBatch batch, EventId least, ref ReadOnlyMemory<byte> records)
    {
        if (records.Length >= OffsetSize)
        {
            var id = new EventId(batch.BaseId.Value + BinaryPrimitives.ReadUInt32LittleEndian(records.Span));
            records = records[OffsetSize..];
            if (id >= least && id <= batch.LastId)
            {
                return id;
            }
        }

        throw new LogCorruptedException(
            $"A page of events is malformed: what follows event {least.Value - 1} in a batch that was picked of {batch.BaseId} to "
            + $"{batch.LastId} is no later one of these.");
    }

    /// <summary>How many events go into one batch, and its size.</summary>
    private static (int Count, int Size) Fit(List<(int Offset, ReadOnlyMemory<byte> Record)> picked, int from, int headerSize)
    {
        var (count, size) = (0, headerSize);
        while (from + count < picked.Count && size + OffsetSize + picked[from + count].Record.Length <= EventBatch.MaxSize)
        {
            size += OffsetSize + picked[from + count++].Record.Length;
        }

        return (count, size);
    }

    private static EventBatch Make(EventBatch batch, List<(int Offset, ReadOnlyMemory<byte> Record)> picked, int size)
    {
        var bytes = new byte[size];
        var hasKeys = false;
        var at = batch.HeaderLength;
        foreach (var (offset, record) in picked)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)offset);
            record.Span.CopyTo(bytes.AsSpan(at + OffsetSize));
            at += OffsetSize + record.Length;
            hasKeys |= batch.HasKeys && EventRecord.IsKeyed(record.Span);
        }

        return batch.Derive(bytes, picked.Count, hasKeys, isPicked: true);
    }
}
