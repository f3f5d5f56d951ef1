using System.Buffers;

namespace Reflex.AspNetCore.Reading;

/// <summary>What is to be sent next.</summary>
/// <remarks>It holds memory only between the first byte and <see cref="Clear"/>, so that idle streams hold none.</remarks>
internal sealed class ResponseBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialSize = 4096;

    private byte[] _bytes = [];
    private int _count;

    public int Count => _count;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_count);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <summary>What was written from a position on, to be filled in later.</summary>
    public Span<byte> From(int position) => _bytes.AsSpan(position, _count - position);

    /// <summary>Takes back what was written after a number of bytes.</summary>
    public void CutTo(int count) => _count = Math.Min(_count, count);

    public void Clear()
    {
        var bytes = _bytes;
        _bytes = [];
        _count = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public void Dispose() => Clear();

    private void Reserve(int size)
    {
        if (_bytes.Length - _count >= size)
        {
            return;
        }

        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(InitialSize, Math.Max(_count + size, _bytes.Length * 2)));
        Written.Span.CopyTo(grown);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = grown;
    }
}
