namespace Reflex.Json;

/// <summary>Gives out pieces of larger arrays, so that a body of many events doesn't make an array for each. Not thread-safe.</summary>
internal sealed class ByteArena
{
    // Just below the 85,000 bytes from which .NET puts arrays on the large object heap.
    private const int ChunkSize = 80 * 1024;

    private byte[] _chunk = [];
    private int _used;

    /// <summary>A piece of at least <paramref name="size"/> bytes; of it only what <see cref="Keep"/> is told of stays taken.</summary>
    public Span<byte> Reserve(int size)
    {
        if (_chunk.Length - _used < size)
        {
            // Small bodies are the rule: the first chunk is as large as it must be, only a body that needs more gets whole ones.
            _chunk = new byte[_chunk.Length == 0 ? size : Math.Max(size, ChunkSize)];
            _used = 0;
        }

        return _chunk.AsSpan(_used);
    }

    /// <summary>Takes the first bytes of what was reserved last.</summary>
    public ReadOnlyMemory<byte> Keep(int size)
    {
        var kept = _chunk.AsMemory(_used, size);
        _used += size;
        return kept;
    }
}
