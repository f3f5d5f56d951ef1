using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>What is said of damage in a segment.</summary>
internal static class Damage
{
    /// <summary>Names the first damaged batch of those that a walk went over without verifying them.</summary>
    public static LogCorruptedException Find(Segment segment, IFile file, IndexEntry from, long end)
    {
        var scanner = new SegmentScanner(file, from.Position, end);
        var nextId = from.NextId;
        while (scanner.TryNext(nextId, out var batch))
        {
            nextId = batch.LastId.Value + 1;
        }

        return At(segment, scanner.Position, nextId);
    }

    public static LogCorruptedException At(Segment segment, long position, long id) => new(
        $"Segment {segment.Path} is damaged at position {position}: expected a valid batch with event {id} there; " +
        "restore the file from a backup.");

    public static LogCorruptedException At(Segment segment, long position, long id, long durableId) => new(
        $"Segment {segment.Path} is damaged at position {position}: expected a valid batch with event {id} there, since events " +
        $"{id} to {durableId} were durable: {Moments.OrLost}. Nothing was changed.");
}
