namespace Reflex.Storage.FileLog.Segments;

/// <summary>A segment's index entries in memory, in order. Thread-safe.</summary>
internal sealed class SegmentIndex(long baseId)
{
    private readonly Lock _lock = new();
    private readonly List<IndexEntry> _entries = [];

    /// <summary>The newest entry; the segment's start when there is none.</summary>
    public IndexEntry Last
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count > 0 ? _entries[^1] : Start;
            }
        }
    }

    /// <summary>The newest entry before which everything was flushed.</summary>
    public IndexEntry LastDurable
    {
        get
        {
            lock (_lock)
            {
                var index = _entries.FindLastIndex(entry => entry.IsDurable);
                return index >= 0 ? _entries[index] : Start;
            }
        }
    }

    private IndexEntry Start => new(baseId, SegmentHeader.Size, 0, IsDurable: true);

    /// <summary>Adds an entry after the others; answers false, and does nothing, when it isn't after them.</summary>
    public bool Add(IndexEntry entry)
    {
        lock (_lock)
        {
            var last = _entries.Count > 0 ? _entries[^1] : Start;
            if (entry.NextId <= last.NextId || entry.Position <= last.Position)
            {
                return false;
            }

            _entries.Add(entry);
            return true;
        }
    }

    /// <summary>The last entry at or before an event.</summary>
    public IndexEntry Find(long id)
    {
        lock (_lock)
        {
            var low = 0;
            var high = _entries.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_entries[middle].NextId <= id)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low > 0 ? _entries[low - 1] : Start;
        }
    }

    public IReadOnlyList<IndexEntry> ToList()
    {
        lock (_lock)
        {
            return [.. _entries];
        }
    }
}
