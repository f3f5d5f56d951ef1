using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Reflex.Benchmarks.Load;

/// <summary>Does something at a steady rate, by intended times: what is late is done at once, so that a stall counts.</summary>
internal static partial class Pacer
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;

    // Woken this much before the time, it is on time: its own lateness is nobody's latency.
    private static readonly TimeSpan Early = TimeSpan.FromMicroseconds(200);

    /// <summary>Calls <paramref name="act"/> for each intended time, on a thread of its own, from which it has to return fast.</summary>
    public static Task RunAsync(int perSecond, TimeSpan duration, Action<long, long> act, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run(perSecond, (long)(perSecond * duration.TotalSeconds), act, cancellationToken);
                completion.SetResult();
            }
            catch (Exception error)
            {
                completion.SetException(error);
            }
        });
        thread.Start();
        return completion.Task;
    }

    private static void Run(int perSecond, long count, Action<long, long> act, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 100);
        for (long i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var intended = start + (i * Stopwatch.Frequency / perSecond);
            WaitUntil(intended);
            act(i, intended);
        }
    }

    private static void WaitUntil(long timestamp)
    {
        if (Stopwatch.GetTimestamp() >= timestamp)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            // Timers of the runtime have a resolution of a millisecond; this one wakes some 60 us late, more when busy.
            var (seconds, rest) = Math.DivRem(timestamp - (long)(Stopwatch.Frequency * Early.TotalSeconds), Stopwatch.Frequency);
            var time = new TimeSpec(seconds, rest * (1_000_000_000 / Stopwatch.Frequency));
            _ = ClockNanosleep(ClockMonotonic, AbsoluteTime, in time, 0);
        }

        while (Stopwatch.GetTimestamp() < timestamp)
        {
            Thread.SpinWait(10);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
