using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Copying;

internal sealed partial class PartitionCopy
{
    /// <summary>
    /// Finds out whether the batch at a place should be there. One that is under way is valid by the time that something proves it.
    /// </summary>
    private void CheckEnd(string path, IFile file, long position, long durable, bool isNewest)
    {
        if (_isAtEnd)
        {
            return;
        }

        var length = file.Length;
        if (isNewest && position < length && !_owner.IsBuffered)
        {
            // What an imported batch says was durable was so in another log.
            var epoch = Math.Max(_lastEpoch, _segments[^1].Header.Epoch);
            durable = Math.Max(durable, LaterBatches.FindDurableId(file, position, length, _nextId, epoch));
        }

        if (durable >= _nextId && (!isNewest || !new SegmentScanner(file, position, file.Length).TryNext(_nextId, out _)))
        {
            IsWrong(
                $"segment {path} has no valid batch with event {_nextId} at position {position}, and events up to {durable} were durable");
        }
        else if (!isNewest && durable < _nextId - 1)
        {
            IsWrong($"segment {path} ends with event {_nextId - 1}, and the next one begins with event {durable + 1}");
        }
    }

    /// <summary>The newest event of a segment that its index says was durable; 0 when it says so of none, or is lost.</summary>
    private long ReadDurableId(SegmentHeader header)
    {
        try
        {
            using var file = source.Open(Segment.PathOf(from, header.BaseId, Segment.IndexExtension), FileOpening.Read);
            var index = new SegmentIndex(header.BaseId);
            IndexFile.Read(file, header, index, out _);
            return index.LastDurable.NextId - 1;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
