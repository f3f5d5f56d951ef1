using System.Diagnostics;
using Reflex.Cli.Output;
using Reflex.Streams;

namespace Reflex.Cli.Benchmarks;

/// <summary>Puts load on a stream.</summary>
internal static class Load
{
    private const int PerSecond = 1_000;

    /// <summary>Callers that each wait for their own event before they append the next.</summary>
    public static async Task AppendAsync(LoadPlan plan, Listing figures, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var appended = 0L;
        var callers = Enumerable.Range(0, plan.Callers).Select(caller => Task.Run(() => CallAsync(caller), cancellationToken));
        var waits = await Task.WhenAll(callers);
        var rate = appended / Stopwatch.GetElapsedTime(started).TotalSeconds;
        figures.Add($"append, {plan.Callers} callers waiting", (long)rate, "events/s");
        AddTimes(figures, "append", [.. waits.SelectMany(times => times)]);

        async Task<List<TimeSpan>> CallAsync(int caller)
        {
            var times = new List<TimeSpan>();
            for (long i = caller; Stopwatch.GetElapsedTime(started) < plan.Duration; i += plan.Callers)
            {
                var before = Stopwatch.GetTimestamp();
                await plan.Stream.AppendAsync(plan.Event(i, before), cancellationToken);
                times.Add(Stopwatch.GetElapsedTime(before));
                var count = Interlocked.Increment(ref appended);
                if (caller == 0)
                {
                    plan.Progress.Report($"{count} events appended", count);
                }
            }

            return times;
        }
    }

    /// <summary>From the oldest event to the head, for as long at most as the plan says.</summary>
    public static async Task ReadAsync(LoadPlan plan, Listing figures, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var count = 0L;
        try
        {
            await foreach (var e in plan.Stream.StreamAsync("", new StreamOptions { ToHead = true }, cancellationToken))
            {
                if ((++count & 0xfff) == 0)
                {
                    plan.Progress.Report($"{count} events read", count);
                    if (Stopwatch.GetElapsedTime(started) >= plan.Duration)
                    {
                        break;
                    }
                }
            }
        }
        catch (HeadReachedException)
        {
            // That was all.
        }

        figures.Add("read from the oldest event", (long)(count / Stopwatch.GetElapsedTime(started).TotalSeconds), "events/s");
        figures.Add("events read", count, "events");
    }

    /// <summary>Appends by intended times, so that a stall counts, and receives what it appended.</summary>
    public static async Task PacedAsync(LoadPlan plan, Listing figures, CancellationToken cancellationToken)
    {
        var count = (long)(plan.Duration.TotalSeconds * PerSecond);
        var ages = new List<TimeSpan>((int)count);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = plan.Stream.StreamAsync("", new StreamOptions { FromHead = true }, ending.Token).GetAsyncEnumerator(ending.Token);
        await using (events)
        {
            // Asked for before anything is appended. One event more tells that the stream has begun, whatever came before it.
            var next = events.MoveNextAsync().AsTask();
            while (!next.IsCompleted)
            {
                await plan.Stream.AppendAsync(plan.Event(0, 0), cancellationToken);
            }

            var appending = Task.Run(() => AppendPacedAsync(plan, count, cancellationToken), ending.Token);
            while (ages.Count < count && await next)
            {
                if (LoadPlan.IsIntended(events.Current))
                {
                    ages.Add(LoadPlan.Age(events.Current));
                    plan.Progress.Report($"{ages.Count} of {count} events received", ages.Count);
                }

                next = ages.Count < count ? events.MoveNextAsync().AsTask() : next;
            }

            await appending;
        }

        AddTimes(figures, $"append to reception, {PerSecond} events/s", ages);
    }

    private static async Task AppendPacedAsync(LoadPlan plan, long count, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var last = Task.CompletedTask;
        var (i, intended) = (0L, started);
        while (i < count)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            while (i < count && intended <= Stopwatch.GetTimestamp())
            {
                last = plan.Stream.AppendAsync(plan.Event(i++, intended), cancellationToken);
                intended = started + (i * Stopwatch.Frequency / PerSecond);
            }
        }

        await last;
    }

    private static void AddTimes(Listing figures, string what, List<TimeSpan> times)
    {
        if (times.Count == 0)
        {
            return;
        }

        times.Sort();
        figures.Add($"{what}, p50", (long)times[times.Count / 2].TotalMicroseconds, "us");
        figures.Add($"{what}, p99", (long)times[(int)(times.Count * 0.99)].TotalMicroseconds, "us");
        figures.Add($"{what}, max", (long)times[^1].TotalMicroseconds, "us");
    }
}
