namespace Reflex.Storage.FileLog.Segments;

/// <summary>What is said of damage in a segment.</summary>
internal static class Damage
{
    public static LogCorruptedException At(Segment segment, long position, long id) => new(
        $"Segment {segment.Path} is damaged at position {position}: expected a valid batch with event {id} there; " +
        "restore the file from a backup.");

    public static LogCorruptedException At(Segment segment, long position, long id, long durableId) => new(
        $"Segment {segment.Path} is damaged at position {position}: expected a valid batch with event {id} there, since events " +
        $"{id} to {durableId} were durable: {Moments.OrLost}. Nothing was changed.");
}
