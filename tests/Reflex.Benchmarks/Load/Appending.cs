using System.Diagnostics;
using Reflex.Streams;

namespace Reflex.Benchmarks.Load;

/// <summary>Ways to append as fast as it goes.</summary>
internal static class Appending
{
    /// <summary>Callers that each wait for their own event before they append the next; answers the events per second.</summary>
    public static async Task<double> CallersAsync(IEventStream stream, int callers, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            long count = 0;
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                await stream.AppendAsync(Workload.Event((count++ * callers) + caller));
            }

            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>One caller that keeps a number of appends in flight; answers the events per second.</summary>
    public static async Task<double> PipelinedAsync(IEventStream stream, int inFlight, TimeSpan duration)
    {
        using var room = new SemaphoreSlim(inFlight);
        var started = Stopwatch.GetTimestamp();
        long count = 0;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            await room.WaitAsync();
            _ = AppendAsync(count++);
        }

        for (var i = 0; i < inFlight; i++)
        {
            await room.WaitAsync();
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task AppendAsync(long i)
        {
            await stream.AppendAsync(Workload.Event(i));
            room.Release();
        }
    }

    /// <summary>Appends that many events in lists, to have something to read.</summary>
    public static async Task FillAsync(IEventStream stream, int count)
    {
        const int List = 10_000;
        for (var i = 0; i < count; i += List)
        {
            await stream.AppendAsync([.. Enumerable.Range(i, Math.Min(List, count - i)).Select(n => Workload.Event(n))]);
        }
    }
}
