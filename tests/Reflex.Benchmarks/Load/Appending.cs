using System.Diagnostics;
using Reflex.Benchmarks.Peers;

namespace Reflex.Benchmarks.Load;

/// <summary>Ways to append as fast as it goes.</summary>
internal static class Appending
{
    /// <summary>Callers that each wait for their own event before they append the next; answers the events per second.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="callers">How many they are.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="latencies">Takes how long each append took, if it is wanted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<double> CallersAsync(
        IMeasuredStream stream, int callers, TimeSpan duration, List<TimeSpan>? latencies, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var own = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller), cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        foreach (var (_, times) in own)
        {
            latencies?.AddRange(times);
        }

        return own.Sum(caller => caller.Count) / elapsed.TotalSeconds;

        async Task<(long Count, List<TimeSpan> Times)> CallAsync(int caller)
        {
            var times = new List<TimeSpan>();
            var count = 0L;
            var now = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started, now) < duration)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await stream.AppendAsync(Workload.Event((count++ * callers) + caller));
                var before = now;
                now = Stopwatch.GetTimestamp();
                if (latencies is not null)
                {
                    times.Add(Stopwatch.GetElapsedTime(before, now));
                }
            }

            return (count, times);
        }
    }

    /// <summary>One caller that keeps a number of appends in flight; answers the events per second.</summary>
    public static Task<double> PipelinedAsync(
        IMeasuredStream stream, int inFlight, TimeSpan duration, CancellationToken cancellationToken) =>
        InFlightAsync(inFlight, duration, i => stream.AppendAsync(Workload.Event(i)), cancellationToken);

    /// <summary>One caller that keeps a few lists of events in flight; answers the events per second.</summary>
    public static async Task<double> ListsAsync(IMeasuredStream stream, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        const int ListsInFlight = 16;
        var list = Enumerable.Range(0, count).Select(i => Workload.Event(i)).ToArray();
        var lists = await InFlightAsync(ListsInFlight, duration, _ => stream.AppendAsync(list), cancellationToken);
        return lists * count;
    }

    /// <summary>Callers that each wait for their own list before they append the next; answers the events per second.</summary>
    public static async Task<double> WaitingListsAsync(
        IMeasuredStream stream, int callers, int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        var list = Enumerable.Range(0, count).Select(i => Workload.Event(i)).ToArray();
        var started = Stopwatch.GetTimestamp();
        var lists = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, cancellationToken)));
        return (double)lists.Sum() * count / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task<int> CallAsync()
        {
            var appended = 0;
            for (; Stopwatch.GetElapsedTime(started) < duration; appended++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await stream.AppendAsync(list);
            }

            return appended;
        }
    }

    /// <summary>Appends that many events in lists, to have something to read.</summary>
    public static async Task FillAsync(IMeasuredStream stream, int count, CancellationToken cancellationToken)
    {
        const int List = 10_000;
        for (var i = 0; i < count; i += List)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await stream.AppendAsync([.. Enumerable.Range(i, Math.Min(List, count - i)).Select(n => Workload.Event(n))]);
        }
    }

    private static async Task<double> InFlightAsync(
        int inFlight, TimeSpan duration, Func<long, Task> append, CancellationToken cancellationToken)
    {
        // Every system completes a stream's appends in their order, so that waiting for the oldest one waits for no other.
        var window = new Task[inFlight];
        Array.Fill(window, Task.CompletedTask);
        var started = Stopwatch.GetTimestamp();
        var count = 0L;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slot = count % inFlight;
            await window[slot];
            window[slot] = append(count++);
        }

        await Task.WhenAll(window);
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
