using Google.Protobuf.WellKnownTypes;

namespace Reflex.Grpc.Wire;

/// <summary>Reads times as a server sent them. What .NET can't express becomes the nearest that it can.</summary>
internal static class Times
{
    public static TimeSpan From(Duration? duration) => duration is null
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Ticks(duration.Seconds, duration.Nanos, TimeSpan.MinValue.Ticks, TimeSpan.MaxValue.Ticks));

    public static DateTimeOffset From(Timestamp? timestamp)
    {
        var least = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks;
        var most = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks;
        return DateTimeOffset.UnixEpoch.AddTicks(timestamp is null ? 0 : Ticks(timestamp.Seconds, timestamp.Nanos, least, most));
    }

    private static long Ticks(long seconds, int nanos, long least, long most)
    {
        var ticks = ((Int128)seconds * TimeSpan.TicksPerSecond) + (nanos / TimeSpan.NanosecondsPerTick);
        return (long)Int128.Clamp(ticks, least, most);
    }
}
