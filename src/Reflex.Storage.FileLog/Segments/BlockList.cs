using System.Buffers;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Bytes to be written back to back. Small ones are copied together: a system call's price for a block exceeds that.</summary>
internal sealed class BlockList : IDisposable
{
    private const int CopiedSize = 8 * 1024;
    private const int ChunkSize = 128 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _blocks = [];
    private readonly List<byte[]> _chunks = [];
    private int _chunkStart;
    private int _chunkLength;

    public long Length { get; private set; }

    public void Add(ReadOnlyMemory<byte> block)
    {
        Length += block.Length;
        if (block.Length > CopiedSize)
        {
            EndCopies();
            _blocks.Add(block);
            return;
        }

        if (_chunks.Count == 0 || _chunkLength + block.Length > _chunks[^1].Length)
        {
            EndCopies();
            _chunks.Add(ArrayPool<byte>.Shared.Rent(ChunkSize));
            _chunkStart = 0;
            _chunkLength = 0;
        }

        block.Span.CopyTo(_chunks[^1].AsSpan(_chunkLength));
        _chunkLength += block.Length;
    }

    public void WriteTo(IFile file, long position)
    {
        EndCopies();
        if (_blocks.Count == 1)
        {
            file.Write(_blocks[0].Span, position);
        }
        else
        {
            file.Write(_blocks, position);
        }
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks)
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        _chunks.Clear();
        _blocks.Clear();
    }

    private void EndCopies()
    {
        if (_chunkLength > _chunkStart)
        {
            _blocks.Add(_chunks[^1].AsMemory(_chunkStart, _chunkLength - _chunkStart));
            _chunkStart = _chunkLength;
        }
    }
}
