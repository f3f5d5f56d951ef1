using Reflex.Events;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>What a log holds at a moment, for its readers. Immutable but for what is learnt about a sealed segment.</summary>
/// <param name="Segments">The segments in order; none until the first append.</param>
/// <param name="Head">The newest durable event.</param>
/// <param name="End">Where the durable batches of the newest segment end.</param>
/// <param name="Bytes">What all files take on the disk.</param>
/// <param name="HeadEpoch">The newest event's epoch; 0 when there never was one.</param>
/// <param name="HeadAppendedAt">When the newest event was appended, in ticks since 1970; 0 when there never was one.</param>
internal sealed record LogState(Segment[] Segments, long Head, long End, long Bytes, long HeadEpoch, long HeadAppendedAt)
{
    public long Oldest => Segments.Length > 0 ? Segments[0].BaseId : Head + 1;

    public LogBounds Bounds =>
        new(new EventId(Oldest), new EventId(Head), Bytes, HeadEpoch, DateTimeOffset.UnixEpoch.AddTicks(HeadAppendedAt));

    public Segment Newest => Segments[^1];

    /// <summary>Where a segment's readable batches end.</summary>
    public long EndOf(Segment segment) => ReferenceEquals(segment, Newest) ? End : segment.End;

    /// <summary>The segment with an event; its number among <see cref="Segments"/>.</summary>
    public int Find(long id)
    {
        var low = 0;
        var high = Segments.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Segments[middle].BaseId <= id)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
