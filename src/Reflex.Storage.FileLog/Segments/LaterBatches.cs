using System.Buffers.Binary;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Looks for valid batches after a place where none is.</summary>
internal static class LaterBatches
{
    private const int ChunkSize = 1024 * 1024;
    private const int BaseIdOffset = 24;
    private const int MinRecordSize = 20;

    /// <summary>
    /// The greatest id that a valid batch after the place says was durable when that batch was written; 0 when none says so.
    /// Such a batch proves that there was one at the place.
    /// </summary>
    /// <param name="file">The segment's file.</param>
    /// <param name="position">The place without a valid batch.</param>
    /// <param name="length">The file's length.</param>
    /// <param name="nextId">The id of the event that should be at the place.</param>
    /// <param name="minEpoch">The epoch of the batch before the place.</param>
    public static long FindDurableId(IFile file, long position, long length, long nextId, long minEpoch) =>
        Find(file, position, length, nextId, minEpoch)
            .Select(found => found.Batch.DurableId.Value)
            .Where(durable => durable >= nextId)
            .DefaultIfEmpty(0)
            .Max();

    /// <summary>The valid batches after the place that can be batches there. The parameters are those of the other method.</summary>
    public static IEnumerable<(long Position, EventBatch Batch)> Find(
        IFile file, long position, long length, long nextId, long minEpoch)
    {
        var chunk = new byte[(int)Math.Min(ChunkSize + EventBatch.MinHeaderSize, Math.Max(0, length - position))];
        for (var start = position; start + EventBatch.MinHeaderSize <= length; start += ChunkSize)
        {
            var read = file.Read(chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - start)), start);
            for (var at = 0; at + EventBatch.MinHeaderSize <= read; at++)
            {
                var found = chunk.AsSpan(at, read - at).IndexOf(EventBatch.Magic);
                if (found < 0 || at + found + EventBatch.MinHeaderSize > read)
                {
                    break;
                }

                at += found;
                if (TryRead(file, chunk.AsSpan(at, EventBatch.MinHeaderSize), start + at, position, nextId, out var batch)
                    && batch.Epoch >= minEpoch)
                {
                    yield return (start + at, batch);
                }
            }
        }
    }

    private static bool TryRead(
        IFile file, ReadOnlySpan<byte> header, long at, long position, long nextId, out EventBatch batch)
    {
        // The bytes may be an event's metadata, so a batch must fit its place: between it and the damage there is room for
        // the events that are missing. The header is looked at first, lest many such bytes make this slow.
        batch = default;
        var baseId = BinaryPrimitives.ReadInt64LittleEndian(header[BaseIdOffset..]);
        if (at == position || baseId <= nextId || baseId - nextId > (at - position - EventBatch.MinHeaderSize) / MinRecordSize)
        {
            return false;
        }

        var size = EventBatch.PeekSize(header);
        var bytes = new byte[size];
        return size > 0 && file.Read(bytes, at) == size && EventBatch.TryReadSealed(bytes, out batch);
    }
}
