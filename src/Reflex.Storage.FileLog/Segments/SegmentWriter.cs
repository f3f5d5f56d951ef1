using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Writes the newest segment of a log. Not thread-safe: the log's one append, trim or close calls it.</summary>
internal sealed partial class SegmentWriter
{
    // Zeros written ahead let a flush go without a change of the file's length, which costs a journal's commit: on ext4 it takes
    // half the time then. As much again as the segment holds, so that a small partition stays small.
    internal const int MinFill = 16 * 1024;
    internal const int MaxFill = 256 * 1024;
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly LogContext _context;
    private readonly SegmentHeader _header;
    private readonly List<ReadOnlyMemory<byte>> _zeros = [];
    private long _filled;

    public SegmentWriter(LogContext context, Segment segment, SegmentHeader header, long length)
    {
        _context = context;
        _header = header;
        Segment = segment;
        Position = length;
        _filled = length;
        _index = segment.Index!;
    }

    public Segment Segment { get; }

    /// <summary>Where the next batch goes.</summary>
    public long Position { get; private set; }

    /// <summary>When the segment's first batch was appended, in ticks; null until it is known.</summary>
    public long? FirstAppendedAt { get; set; }

    public SegmentHeader Header => _header;

    public bool IsEmpty => Position == SegmentHeader.Size;

    /// <summary>How many of the batches from a place on still go into this segment; the first one always does into an empty one.</summary>
    public int CountFitting(IReadOnlyList<EventBatch> batches, int from)
    {
        var end = Position;
        var count = 0;
        while (from + count < batches.Count)
        {
            end += batches[from + count].Bytes.Length;
            if (end > _context.Options.SegmentSizeBytes && (count > 0 || !IsEmpty))
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>Writes batches at the end, and zeros after them when what was laid out is used up.</summary>
    public void Write(IReadOnlyList<EventBatch> batches, int from, int count)
    {
        using var lease = Segment.File.Rent();
        using var blocks = new BlockList();
        for (var i = from; i < from + count; i++)
        {
            blocks.Add(batches[i].Bytes);
        }

        FirstAppendedAt ??= IsEmpty ? Ticks.Of(batches[from]) : null;
        blocks.WriteTo(lease.File, Position);
        Position += blocks.Length;
        if (Position > _filled)
        {
            _filled = Position;
            Fill(lease.File);
        }
    }

    public void Flush()
    {
        using var lease = Segment.File.Rent();
        lease.File.Flush();
    }

    /// <summary>
    /// Ends the segment: cuts the zeros and flushes, even where appends are not flushed, so that only the newest segment can be
    /// torn.
    /// </summary>
    public void Seal()
    {
        using var lease = Segment.File.Rent();
        if (_filled > Position)
        {
            lease.File.SetLength(Position);
            _filled = Position;
        }

        lease.File.Flush();
        Segment.End = Position;
    }

    /// <summary>How much more the segment's files take on the disk than when this was asked last.</summary>
    public long MeasureGrowth()
    {
        var bytes = Math.Max(Position, _filled) + _indexLength;
        var growth = bytes - Segment.DiskBytes;
        Segment.DiskBytes = bytes;
        return growth;
    }

    private void Fill(IFile file)
    {
        var size = Math.Min(Math.Clamp(Position, MinFill, MaxFill), _context.Options.SegmentSizeBytes - Position);
        if (_context.IsBuffered || size <= 0)
        {
            return;
        }

        _zeros.Clear();
        for (var left = size; left > 0; left -= Zeros.Length)
        {
            _zeros.Add(Zeros.AsMemory(0, (int)Math.Min(left, Zeros.Length)));
        }

        try
        {
            file.Write(_zeros, Position);
            _filled = Position + size;
        }
        catch (IOException error) when (DiskErrors.IsFull(error))
        {
            // The events themselves had room. What part of the zeros is there the file's length tells.
            _filled = file.Length;
        }
    }
}
