using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Walks from batch to batch through a segment file. Not thread-safe.</summary>
internal sealed class SegmentScanner(IFile file, long position, long end, int chunkSize = SegmentScanner.ChunkSize)
{
    private const int ChunkSize = 256 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _length;

    /// <summary>The place of the next batch.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Goes over the next batch; answers false, and stays, when no whole undamaged batch is there.</summary>
    /// <param name="batch">The batch, until the next call.</param>
    public bool TryNext(out EventBatch batch)
    {
        batch = default;
        Fill(EventBatch.MinHeaderSize);
        var size = EventBatch.PeekSize(_buffer.AsSpan(_start, _length));
        Fill(size);
        if (size == 0 || !EventBatch.TryReadSealed(_buffer.AsMemory(_start, _length), out batch))
        {
            return false;
        }

        Advance(size);
        return true;
    }

    /// <summary>Goes over the next batch if it begins with an event; answers false, and stays, if not.</summary>
    public bool TryNext(long nextId, out EventBatch batch)
    {
        if (!TryNext(out batch))
        {
            return false;
        }

        if (batch.BaseId.Value != nextId)
        {
            Advance(-batch.Bytes.Length);
            return false;
        }

        return true;
    }

    private void Advance(int size)
    {
        Position += size;
        _start += size;
        _length -= size;
    }

    /// <summary>Makes at least so many bytes of the file available, as far as it goes.</summary>
    private void Fill(int size)
    {
        if (_length >= size || Position + _length >= end)
        {
            return;
        }

        var wanted = (int)Math.Min(Math.Max(size, chunkSize), end - Position);
        if (wanted > _buffer.Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(wanted);
            _buffer.AsSpan(_start, _length).CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start, _length).CopyTo(_buffer);
        }

        _start = 0;
        _length += file.Read(_buffer.AsSpan(_length, wanted - _length), Position + _length);
    }
}
