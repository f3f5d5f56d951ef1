namespace Reflex.Storage.Postgres.Logs;

/// <summary>Times as they are stored: ticks of 100 ns since 1970-01-01 UTC, as in batches.</summary>
internal static class Ticks
{
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks;

    public static DateTimeOffset ToTime(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);
}
