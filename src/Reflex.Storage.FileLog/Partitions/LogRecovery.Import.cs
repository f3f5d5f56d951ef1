namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class LogRecovery
{
    /// <summary>Where the log is to begin, if it is opened for that; one with events of its own is refused then.</summary>
    public LogStart? Start { get; init; }

    /// <summary>Whether the log has had no events but imported ones. FORMAT.md, <i>Importing</i>, says how that is told.</summary>
    private bool MayImport(LogTail? tail)
    {
        if (tail is null || tail.Head == 0 || IsBegun(tail))
        {
            return true;
        }

        // Of an empty log that wasn't begun nobody knows what its events were.
        var isKnown = tail.HasAppendEnd || _segments.Count > 1;
        return isKnown && tail.HeadEpoch < (tail.HasAppendEnd ? tail.Header : ReadHeader(_segments[^2])).Epoch;
    }

    /// <summary>Whether the log was made to begin after an event, and has had none since.</summary>
    private bool IsBegun(LogTail tail) => !tail.HasAppendEnd && _segments.Count == 1 && tail.Header.Ordinal == 1;
}
