using Google.Protobuf.WellKnownTypes;

namespace Reflex.AspNetCore.Grpc.Requests;

/// <summary>Times of protobuf, which may say more than a time can be.</summary>
internal static class ProtoTime
{
    private const int NanosPerSecond = 1_000_000_000;
    private const int NanosPerTick = 100;
    private const long MaxDurationSeconds = 315_576_000_000;

    // 0001-01-01 to 9999-12-31.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    /// <exception cref="FormatException">It is none, or finer or longer than durations are.</exception>
    public static TimeSpan ToTimeSpan(Duration duration, string what)
    {
        var (seconds, nanos) = (duration.Seconds, duration.Nanos);
        if (seconds is < -MaxDurationSeconds or > MaxDurationSeconds || nanos is <= -NanosPerSecond or >= NanosPerSecond
            || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0))
        {
            throw new FormatException(
                $"The {what} of {seconds} seconds and {nanos} nanoseconds is no duration: expected at most {MaxDurationSeconds} seconds, "
                + "and less than a second of nanoseconds with the same sign.");
        }

        return new TimeSpan((seconds * TimeSpan.TicksPerSecond) + (nanos / NanosPerTick));
    }

    /// <exception cref="FormatException">It is none, or outside the years 1 to 9999.</exception>
    public static DateTimeOffset ToDateTimeOffset(Timestamp timestamp, string what)
    {
        var (seconds, nanos) = (timestamp.Seconds, timestamp.Nanos);
        return seconds is >= MinSeconds and <= MaxSeconds && nanos is >= 0 and < NanosPerSecond
            ? DateTimeOffset.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (nanos / NanosPerTick))
            : throw new FormatException(
                $"The {what} of {seconds} seconds and {nanos} nanoseconds is no time: expected one of the years 1 to 9999 in seconds "
                + "since 1970, and 0 to 999999999 nanoseconds.");
    }
}
