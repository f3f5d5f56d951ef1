using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Copying;

/// <summary>A segment of a copy while it is written: its header and whole batches, nothing else.</summary>
internal sealed class CopiedSegment : IDisposable
{
    private const int BufferSize = 1024 * 1024;

    private readonly IFileLayer _layer;
    private readonly string _folder;
    private readonly int _indexInterval;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private readonly List<IndexEntry> _entries = [];
    private IFile? _file;
    private int _buffered;
    private long _written;

    public CopiedSegment(IFileLayer layer, string folder, SegmentHeader header, int indexInterval)
    {
        _layer = layer;
        _folder = folder;
        _indexInterval = indexInterval;
        Header = header;
        _file = layer.Open(Path, FileOpening.Replace);
        Append(header.ToBytes());
        End = Start;
    }

    public SegmentHeader Header { get; }

    /// <summary>Where its batches begin.</summary>
    public IndexEntry Start => new(Header.BaseId, SegmentHeader.Size, 0, IsDurable: true);

    /// <summary>Where it ends now.</summary>
    public IndexEntry End { get; private set; }

    private string Path => Segment.PathOf(_folder, Header.BaseId, Segment.FileExtension);

    private string IndexPath => Segment.PathOf(_folder, Header.BaseId, Segment.IndexExtension);

    public void Add(EventBatch batch)
    {
        Append(batch.Bytes.Span);

        // What goes on in the next batch may have to be taken off, so that it is no place to begin at.
        var last = _entries.Count > 0 ? _entries[^1].Position : SegmentHeader.Size;
        End = new IndexEntry(
            batch.LastId.Value + 1, End.Position + batch.Bytes.Length, Ticks.Of(batch), IsDurable: !batch.MoreFollows);
        if (End.Position - last >= _indexInterval)
        {
            _entries.Add(End);
        }
    }

    /// <summary>Takes off what was added since it ended there.</summary>
    public void CutTo(IndexEntry end)
    {
        Write();
        _file!.SetLength(end.Position);
        _entries.RemoveAll(entry => entry.Position > end.Position);
        End = end;
    }

    /// <summary>Makes everything but the name durable, with an index that reaches its end.</summary>
    public void Finish()
    {
        Write();
        _file!.Flush();
        if (End.Position > SegmentHeader.Size && (_entries is not [.., var last] || last != End))
        {
            _entries.Add(End);
        }

        using var index = _layer.Open(IndexPath, FileOpening.Replace);
        IndexFile.WriteAll(index, Header, _entries);
        index.Flush();
        Dispose();
    }

    public void Delete()
    {
        Dispose();
        _layer.Delete(IndexPath);
        _layer.Delete(Path);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_buffered + bytes.Length > _buffer.Length)
        {
            Write();
        }

        if (bytes.Length > _buffer.Length)
        {
            _file!.Write(bytes, _written);
            _written += bytes.Length;
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    private void Write()
    {
        if (_buffered > 0)
        {
            _file!.Write(_buffer.AsSpan(0, _buffered), _written);
            _written += _buffered;
            _buffered = 0;
        }
    }
}
