using System.Diagnostics;

namespace Reflex.Cluster.Tests;

/// <summary>The clock of what is recorded: microseconds, the same in all processes of the machine, and set by nobody.</summary>
internal static class Clock
{
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    public static TimeSpan Span(long microseconds) => TimeSpan.FromMicroseconds(microseconds);
}
