using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class LogRecovery
{
    /// <summary>
    /// Refuses a log with a segment missing in the middle. The segments are numbered, so that two headers tell; only when they
    /// tell of one are more read, to name it.
    /// </summary>
    private void CheckChain()
    {
        var first = ReadHeader(_segments[0]);
        var last = ReadHeader(_segments[^1]);
        if (last.Ordinal - first.Ordinal == _segments.Count - 1)
        {
            return;
        }

        var low = 0;
        var high = _segments.Count - 1;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (ReadHeader(_segments[middle]).Ordinal - first.Ordinal == middle)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        var missing = Segment.PathOf(folder, ReadHeader(_segments[high]).PreviousBaseId, Segment.FileExtension);
        throw new LogCorruptedException(
            $"Segment {missing} is missing, between {_segments[low].Path} and {_segments[high].Path}: " +
            $"{Moments.OrLost}. Nothing was changed.");
    }

    private static SegmentHeader ReadHeader(Segment segment)
    {
        using var lease = segment.File.Rent();
        return SegmentFile.ReadHeader(segment, lease.File);
    }

    /// <summary>Refuses a log whose end holds something that was durable but is not valid any more.</summary>
    private static void RefuseDamage(LogTail tail, OwnerRecord owner)
    {
        var durable = owner.Head;
        if (tail.ValidEnd < tail.Length && !owner.IsBuffered)
        {
            // What an imported batch says was durable was so in another log.
            using var lease = tail.Segment.File.Rent();
            var epoch = Math.Max(tail.LastEpoch, tail.Header.Epoch);
            durable = Math.Max(durable, LaterBatches.FindDurableId(lease.File, tail.ValidEnd, tail.Length, tail.NextId, epoch));
        }

        if (durable >= tail.NextId)
        {
            throw Damage.At(tail.Segment, tail.ValidEnd, tail.NextId, durable);
        }
    }

    private LogCorruptedException Missing(long durable, long head, LogTail? tail)
    {
        var place = tail is null ? "" : $" in segment {tail.Segment.Path} at position {tail.End}";
        return new LogCorruptedException(
            $"The log of {partition} ends with event {head}{place}, but events up to {durable} were durable: " +
            $"{Moments.OrLost}. Nothing was changed.");
    }
}
