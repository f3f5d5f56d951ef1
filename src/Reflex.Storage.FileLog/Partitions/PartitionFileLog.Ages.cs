using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>How old segments are. Owners' clocks are wrong at times: FORMAT.md, <i>Ages</i>, says which stamps are believed.</summary>
internal sealed partial class PartitionFileLog
{
    // A segment that is begun at least so many times within the retention's age lets events go soon after it.
    internal const int SegmentsPerAge = 4;

    // The clocks of a partition's owners, one after another, differ by less.
    internal static readonly long Tolerance = TimeSpan.FromMinutes(1).Ticks;

    // While a clock that was set ahead isn't believed, every stamp is doubtful: the segments that end for it stay few.
    internal static readonly long DoubtInterval = TimeSpan.FromHours(1).Ticks;

    // Older than any log. A machine without a clock of its own begins in 1970.
    internal static readonly long Earliest = Ticks.Of(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private long? _maxSegmentAge;
    private long? _trimmedAt;

    /// <summary>When the oldest segment's newest event was appended, or a later time; null when nothing says so.</summary>
    private long? TimeOfOldest(LogState state, long now)
    {
        var oldest = state.Segments[0];
        var floor = FloorOf(oldest, now);
        if (LastAppendedAt(state, oldest) is var last && IsBelieved(last, floor, now))
        {
            return last;
        }

        // A header that repeats its predecessor's floor knew nothing better.
        for (var i = 1; i < state.Segments.Length; i++)
        {
            if (HeaderOf(state.Segments[i]).Previous is { AppendedAt: var before } && before > floor && before <= now + Tolerance)
            {
                return before;
            }
        }

        return state.HeadAppendedAt > floor && state.HeadAppendedAt <= now + Tolerance ? state.HeadAppendedAt : null;
    }

    /// <summary>Whether an empty segment must say what time it is, since no stamp does and no event may come any more.</summary>
    private bool IsDoubtful(LogState state, long? timeOfOldest, long now, TimeSpan age)
    {
        if (_writer!.IsEmpty)
        {
            return timeOfOldest is null;
        }

        var floor = FloorOf(state.Newest, now);
        return (timeOfOldest is null || !IsBelieved(state.HeadAppendedAt, floor, now))
            && now - floor >= Math.Min(age.Ticks / SegmentsPerAge, DoubtInterval);
    }

    private static bool IsBelieved(long appendedAt, long floor, long now) => appendedAt >= floor && appendedAt <= now + Tolerance;

    /// <summary>The time of the event before a segment: its own can't be older.</summary>
    private long FloorOf(Segment segment, long now)
    {
        var floor = now >= Earliest ? Earliest : 0;
        return HeaderOf(segment).Previous is { AppendedAt: var before } && before <= now ? Math.Max(before, floor) : floor;
    }

    /// <summary>When the event before a batch was appended, as near to the truth as is known.</summary>
    private long TimeBefore(long last, EventBatch next)
    {
        // What the last trim's time has reached is not of the future: a jump of the clock doesn't reach it at once.
        var floor = _writer?.Header.Previous?.AppendedAt ?? 0;
        var appendedAt = Ticks.Of(next);
        if (last >= floor && (last <= appendedAt || last <= _trimmedAt + Tolerance))
        {
            return last;
        }

        // One of the two is wrong.
        return appendedAt >= floor || floor > _trimmedAt + Tolerance ? appendedAt : floor;
    }

    private long LastAppendedAt(LogState state, Segment segment)
    {
        if (ReferenceEquals(segment, state.Newest))
        {
            return state.HeadAppendedAt;
        }

        if (segment.LastAppendedAt is null)
        {
            using var lease = segment.File.Rent();
            segment.LastAppendedAt = SegmentIndexes.Get(_context, segment, lease.File).Last.AppendedAt;
        }

        return segment.LastAppendedAt.Value;
    }

    private static SegmentHeader HeaderOf(Segment segment)
    {
        if (segment.Header is { } known)
        {
            return known;
        }

        using var lease = segment.File.Rent();
        return SegmentFile.ReadHeader(segment, lease.File);
    }

    /// <summary>Whether a segment is ended for its age, so that a slow stream's events can go as well.</summary>
    private bool IsOldEnough(SegmentWriter writer, EventBatch next)
    {
        if (_maxSegmentAge is not { } maxAge || writer.IsEmpty)
        {
            return false;
        }

        // One whose first event is younger than the next one would have no end: the clock was set.
        writer.FirstAppendedAt ??= ReadFirstAppendedAt(writer.Segment);
        var age = Ticks.Of(next) - writer.FirstAppendedAt;
        return age > maxAge || age < -Tolerance;
    }

    private static long ReadFirstAppendedAt(Segment segment)
    {
        using var lease = segment.File.Rent();
        var scanner = new SegmentScanner(lease.File, SegmentHeader.Size, SegmentHeader.Size + EventBatch.MaxSize);
        return scanner.TryNext(segment.BaseId, out var batch)
            ? Ticks.Of(batch)
            : throw Damage.At(segment, SegmentHeader.Size, segment.BaseId);
    }
}
