using System.Diagnostics;

namespace Reflex.Crash.Tests;

public sealed class KillTests(ITestOutputHelper output)
{
    private readonly Acknowledged _acknowledged = new();
    private readonly List<double> _recoveries = [];
    private readonly HashSet<int> _terminated = [];
    private int _duringStart;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // REFLEX_CRASH_KILLS and REFLEX_CRASH_SEED make it a soak, and repeat one.
    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("REFLEX_CRASH_KILLS") ?? "50");

    [Fact]
    public async Task Kill_AtAnyMoment_LosesDoublesAndReordersNothing()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("REFLEX_CRASH_SEED") ?? $"{Random.Shared.Next()}");
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var started = Stopwatch.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("reflex-crash-").FullName;
        var next = KilledSilo.Launch(folder);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var silo = next;
            await silo.PrepareAsync(Token);
            next = KilledSilo.Launch(folder);
            await RunAsync(silo, random, kill);
        }

        using var last = next;
        await last.PrepareAsync(Token);
        Assert.True(await last.StartAsync(Token));
        var log = await SiloLog.ReadAsync(last.Client);
        await SiloLog.ConsumedAsync(last.Client);
        await last.KillAsync();

        SiloLog.Verify(log, _acknowledged);
        var redelivered = Handled.Verify(KilledSilo.HandledPath(folder), log, _terminated);
        Print(log, redelivered, Stopwatch.GetElapsedTime(started));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Starts a silo, appends to it, and ends it: on an acknowledgement, at some moment, while it starts, or in order.</summary>
    private async Task RunAsync(KilledSilo silo, Random random, int kill)
    {
        // The first one tells how long a start takes; every eighth is stopped in order.
        var way = kill == 0 ? 0 : kill % 8 == 7 ? 4 : random.Next(4);
        var started = Stopwatch.GetTimestamp();
        if (way == 1)
        {
            // Any moment of a start, and a little after it.
            using var moment = Kill(silo, random.NextDouble() * _recoveries[^1] * 1.2);
            _duringStart += await silo.StartAsync(Token) ? 0 : 1;
            await silo.ExitedAsync();
            return;
        }

        Assert.True(await silo.StartAsync(Token), "The silo ended before it was ready.");
        _recoveries.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        if (way is 2 or 3)
        {
            using var moment = Kill(silo, random.NextDouble() * 700);
            await _acknowledged.AppendUntilGoneAsync(silo.Client, callers: 8, calling: 0, () => Task.CompletedTask);
            await silo.ExitedAsync();
        }
        else if (way == 4)
        {
            _terminated.Add(silo.Id);
            await _acknowledged.AppendUntilGoneAsync(silo.Client, callers: 8, random.Next(1, 500), silo.TerminateAsync);
        }
        else
        {
            await _acknowledged.AppendUntilGoneAsync(silo.Client, callers: 8, random.Next(1, 500), silo.KillAsync);
        }
    }

    /// <summary>Kills a silo when a time has passed, wherever it is then.</summary>
    private static CancellationTokenSource Kill(KilledSilo silo, double milliseconds)
    {
        var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(milliseconds));
        moment.Token.Register(silo.Kill);
        return moment;
    }

    private void Print(List<List<string>> log, List<int> redelivered, TimeSpan took)
    {
        redelivered.Sort();
        _recoveries.Sort();
        output.WriteLine(
            $"kills {Kills - _terminated.Count}, of them {_duringStart} during a start, and {_terminated.Count} stops in order; "
            + $"acknowledged {_acknowledged.Events.Count}, in the log {log.Sum(events => events.Count)}, in {took.TotalSeconds:F0} s");
        output.WriteLine(
            $"redelivered per kill and partition: min {redelivered[0]}, p50 {redelivered[redelivered.Count / 2]}, max {redelivered[^1]}; "
            + $"start to ready p50 {_recoveries[_recoveries.Count / 2]:F0} ms, p99 {_recoveries[_recoveries.Count * 99 / 100]:F0} ms");
    }
}
