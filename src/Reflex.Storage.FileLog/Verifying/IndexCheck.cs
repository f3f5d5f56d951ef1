using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Verifying;

/// <summary>Compares the whole entries of an index with the batches as they go by. Not thread-safe.</summary>
internal sealed class IndexCheck(string path, IReadOnlyList<IndexEntry> entries)
{
    private readonly List<string> _wrong = [];
    private int _next;

    /// <summary>The newest event that an entry says was durable; 0 when none says so.</summary>
    public long LastDurableId { get; } = entries.LastOrDefault(entry => entry.IsDurable).NextId - 1;

    /// <summary>Notes a place between two batches.</summary>
    public void OnPlace(long position, long nextId, long appendedAt)
    {
        for (; _next < entries.Count && entries[_next].Position <= position; _next++)
        {
            var entry = entries[_next];
            if (entry.Position != position)
            {
                Wrong(entry, "no batch begins there");
            }
            else if (entry.NextId != nextId || entry.AppendedAt != appendedAt)
            {
                Wrong(entry, $"event {nextId} follows there, after a batch of time {appendedAt}");
            }
        }
    }

    /// <summary>Passes over a damaged part, of which nobody can say what its entries should be.</summary>
    public void SkipTo(long position)
    {
        while (_next < entries.Count && entries[_next].Position <= position)
        {
            _next++;
        }
    }

    /// <summary>Ends with the segment; answers what was wrong. Only of a segment that has its end an entry can be too far.</summary>
    public IReadOnlyList<string> End(bool isWhole, long length)
    {
        for (; isWhole && _next < entries.Count; _next++)
        {
            Wrong(entries[_next], $"the segment has {length} bytes");
        }

        return _wrong;
    }

    private void Wrong(IndexEntry entry, string found) => _wrong.Add(
        $"The index {path} is wrong: it says that event {entry.NextId} follows at position {entry.Position}, after a batch of time " +
        $"{entry.AppendedAt}, but {found}; delete the file, and it is made anew.");
}
