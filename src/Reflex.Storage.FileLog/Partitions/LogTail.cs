using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>How a log ends, as recovery has found it and before it changes anything.</summary>
internal sealed class LogTail
{
    public required Segment Segment { get; init; }

    public required SegmentHeader Header { get; init; }

    /// <summary>The segment's index as far as it is certain, with the entries that recovery adds.</summary>
    public required SegmentIndex Index { get; init; }

    /// <summary>The index file's length; 0 when it must be written anew.</summary>
    public required long IndexLength { get; set; }

    /// <summary>The last place before which everything is known to be flushed.</summary>
    public required IndexEntry Durable { get; init; }

    /// <summary>The file's length.</summary>
    public required long Length { get; init; }

    /// <summary>Where the last whole append ends.</summary>
    public long End { get; set; }

    /// <summary>The last event of the last whole append.</summary>
    public long Head { get; set; }

    /// <summary>The epoch of the last event of the last whole append; null until a batch was looked at, or the header says it.</summary>
    public long? HeadEpoch { get; set; }

    /// <summary>When the last batch of the last whole append was appended, in ticks; 0 when the segment has none.</summary>
    public long AppendedAt { get; set; }

    /// <summary>The epoch of the last batch that was looked at; 0 when none was.</summary>
    public long LastEpoch { get; set; }

    /// <summary>Whether the segment ends in the middle of an append.</summary>
    public bool IsAppendCut { get; set; }

    /// <summary>Whether a whole append is known to end in this segment.</summary>
    public bool HasAppendEnd => End > SegmentHeader.Size;

    /// <summary>Where the valid batches end, those of an unfinished append included.</summary>
    public long ValidEnd { get; set; }

    /// <summary>The event after the valid batches.</summary>
    public long NextId { get; set; }
}
