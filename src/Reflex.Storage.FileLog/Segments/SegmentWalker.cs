using System.Buffers.Binary;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Goes from header to header through a segment and verifies nothing: for finding a batch. Not thread-safe.</summary>
internal sealed class SegmentWalker(ReadableFile file, long position, long end)
{
    private const int ChunkSize = 16 * 1024;
    private const int CountOffset = 16;
    private const int BaseIdOffset = 24;

    private readonly byte[] _chunk = new byte[(int)Math.Min(ChunkSize, Math.Max(0, end - position))];
    private long _chunkStart = position;
    private int _chunkLength;

    public long Position { get; private set; } = position;

    /// <summary>Whether it ended since the thread would have to wait.</summary>
    public bool HasToWait { get; private set; }

    public bool TryNext(out long baseId, out int count)
    {
        (baseId, count) = (0, 0);
        if (Position + EventBatch.MinHeaderSize > end)
        {
            return false;
        }

        if (Position + EventBatch.MinHeaderSize > _chunkStart + _chunkLength)
        {
            if (!file.TryRead(_chunk.AsSpan(0, (int)Math.Min(_chunk.Length, end - Position)), Position, out var read))
            {
                HasToWait = true;
                return false;
            }

            (_chunkStart, _chunkLength) = (Position, read);
        }

        var header = _chunk.AsSpan(0, _chunkLength)[(int)(Position - _chunkStart)..];
        var size = EventBatch.PeekSize(header);
        if (size == 0)
        {
            return false;
        }

        baseId = BinaryPrimitives.ReadInt64LittleEndian(header[BaseIdOffset..]);
        count = BinaryPrimitives.ReadInt32LittleEndian(header[CountOffset..]);
        Position += size;
        return count > 0;
    }
}
