using System.Diagnostics;
using Reflex.Benchmarks.Peers;

namespace Reflex.Benchmarks.Load;

/// <summary>Ways to read, which require every event once, whole and in order.</summary>
internal static class Reading
{
    // From the last append to its handling; beyond it something has been lost.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads a stream from its first event; answers the events per second.</summary>
    public static async Task<double> FromFirstAsync(IMeasuredStream stream, int count, CancellationToken cancellationToken)
    {
        var check = new OrderCheck(isLog: true);
        var started = Stopwatch.GetTimestamp();
        await await stream.StartReadingAsync(count, check.Handle, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        check.Require(count);
        return count / elapsed.TotalSeconds;
    }

    /// <summary>Appends to an empty stream at a steady rate; answers how old each event was when a reader handled it.</summary>
    public static async Task<List<TimeSpan>> PacedAsync(
        IMeasuredStream stream, bool isLog, int perSecond, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
    {
        var count = (long)(perSecond * (warmUp + duration).TotalSeconds);
        var ages = new List<TimeSpan>((int)count);
        var check = new OrderCheck(isLog);
        var appended = Task.CompletedTask;
        var reading = await stream.StartReadingAsync(
            count,
            (type, foreignId, metadata) =>
            {
                ages.Add(Workload.Age(metadata));
                check.Handle(type, foreignId, metadata);
            },
            cancellationToken);
        await Pacer.RunAsync(
            perSecond,
            warmUp + duration,
            (i, intended) => appended = stream.AppendAsync(Workload.StampedEvent(i, intended)),
            cancellationToken);
        await appended;
        try
        {
            await reading.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new InvalidOperationException($"Only {check.Count} of {count} events came.", error);
        }

        check.Require(count);
        return ages[(int)(perSecond * warmUp.TotalSeconds)..];
    }
}
