using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

internal sealed partial class SegmentWriter
{
    private readonly SegmentIndex _index;
    private readonly List<IndexEntry> _unwritten = [];
    private CachedFile? _indexFile;
    private long _indexLength;

    /// <summary>Takes over the index file that recovery has found: what it lacks is written.</summary>
    /// <param name="length">The file's length; 0 when it must be written anew.</param>
    /// <returns>The failure, or null. Only seeking is the slower for it.</returns>
    public Exception? OpenIndex(long length)
    {
        _indexLength = length;
        _unwritten.AddRange(_index.ToList().Skip((int)Math.Max(0, (length - IndexFile.HeaderSize) / IndexEntry.Size)));
        return WriteIndex();
    }

    /// <summary>Notes that everything up to now is acknowledged, if the last note is far enough away.</summary>
    public Exception? Note(long nextId, long appendedAt)
    {
        if (Position - _index.Last.Position < _context.Options.IndexIntervalBytes)
        {
            return null;
        }

        AddEntry(nextId, appendedAt, isDurable: !_context.IsBuffered);
        return WriteIndex();
    }

    /// <summary>Notes where the segment ends, when it is sealed or closed and flushed.</summary>
    /// <param name="nextId">The event that comes in the next segment.</param>
    /// <param name="appendedAt">When the last batch was appended.</param>
    /// <param name="isAppendCut">
    /// Whether the last append goes on in the next segment. Where appends are not flushed that may be lost, and this part with it.
    /// </param>
    public Exception? NoteEnd(long nextId, long appendedAt, bool isAppendCut)
    {
        AddEntry(nextId, appendedAt, isDurable: !_context.IsBuffered || !isAppendCut);
        Segment.LastAppendedAt = appendedAt;
        return WriteIndex();
    }

    public void CloseIndex()
    {
        _indexFile?.Dispose();
        _indexFile = null;
    }

    private void AddEntry(long nextId, long appendedAt, bool isDurable)
    {
        var entry = new IndexEntry(nextId, Position, appendedAt, isDurable);
        if (_index.Add(entry))
        {
            _unwritten.Add(entry);
        }
    }

    /// <summary>
    /// Writes what is not in the index file yet. A failure is no failure of the log; it is tried again with the next entry.
    /// </summary>
    private Exception? WriteIndex()
    {
        if (_unwritten.Count == 0)
        {
            return null;
        }

        try
        {
            if (_indexLength < IndexFile.HeaderSize)
            {
                using var created = _context.Layer.Open(Segment.IndexPath, FileOpening.Replace);
                _indexLength = IndexFile.WriteAll(created, _header, _index.ToList());
            }
            else
            {
                _indexFile ??= new CachedFile(_context.Files, _context.Layer, Segment.IndexPath, FileOpening.Write);
                using var lease = _indexFile.Rent();
                _indexLength = IndexFile.Write(lease.File, _header, _unwritten, _indexLength);
            }

            _unwritten.Clear();
            return null;
        }
        catch (Exception error) when (DiskErrors.IsDisk(error) || error is StorageRefusedException)
        {
            // Unknown what of it is there: the next try writes the whole file.
            _indexLength = 0;
            return error;
        }
    }
}
