namespace Reflex.Storage.FileLog.Segments;

/// <summary>Times as they are stored: ticks of 100 ns since 1970-01-01 UTC.</summary>
internal static class Ticks
{
    public static long Of(EventBatch batch) => Of(batch.AppendedAt);

    public static long Of(DateTimeOffset time) => Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks);
}
