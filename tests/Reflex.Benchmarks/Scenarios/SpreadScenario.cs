using System.Diagnostics;
using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;

namespace Reflex.Benchmarks.Scenarios;

/// <remarks>All silos and their PostgreSQL are on this machine: with few cores they wait for one another.</remarks>
internal sealed class SpreadScenario : IScenario
{
    private const int Partitions = 1000;
    private const int Callers = 16;

    private static readonly TimeSpan Judged = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public string Name => "spread";

    public string Description => "how soon a third silo has its share of 1000 partitions and consumers; minutes, whatever --seconds says";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        if (PostgresProcess.Binaries is null)
        {
            Report.LeaveOut(Name, "PostgreSQL isn't installed (Debian: postgresql)");
            return;
        }

        await using var server = await PostgresProcess.StartAsync(run.CreateFolder(), cancellationToken);
        var plan = new SiloPlan
        {
            Postgres = await server.CreateDatabaseAsync("spread", cancellationToken), MovedPartitions = Partitions,
        };
        await using var first = await MeasuredSilo.StartAsync(run.CreateFolder(), plan, cancellationToken);
        await using var second = await MeasuredSilo.StartAsync(run.CreateFolder(), plan, cancellationToken);
        await WatchAsync(first, silos: 2, TimeSpan.Zero, cancellationToken);

        var latencies = new List<TimeSpan>();
        var stream = new ReflexStream(first.Reflex.GetStream(MeasuredStreams.Moved));
        var appends = Appending.CallersAsync(stream, Callers, Load, latencies, cancellationToken);
        await using var third = await MeasuredSilo.StartAsync(run.CreateFolder(), plan, cancellationToken);
        var (even, shares) = await WatchAsync(first, silos: 3, Judged, cancellationToken);
        await appends;

        var (system, later) = (PostgresReflex.SystemName, $"most over fewest after {Judged.TotalSeconds} s");
        run.Report.Add(system, $"until {Partitions} partitions and their consumers are even", even.TotalSeconds, "s");
        run.Report.Add(system, $"{later}, partitions", SiloShares.DifferenceOf(shares.Partitions), "");
        run.Report.Add(system, $"{later}, consumers", SiloShares.DifferenceOf(shares.Consumers), "");
        run.Report.AddLatencies(system, $"append meanwhile, {Callers} callers waiting", latencies);
    }

    /// <summary>When partitions and consumers were even for good, and what each silo had after a time.</summary>
    private static async Task<(TimeSpan Even, SiloShares Judged)> WatchAsync(
        MeasuredSilo silo, int silos, TimeSpan judgedAfter, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        TimeSpan? even = null;
        SiloShares? judged = null;
        while (true)
        {
            await Idling.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(started);
            var shares = await SiloShares.LookAsync(silo.Client, silos);
            Report.Progress($"{silos} silos, {elapsed.TotalSeconds:F0} s: {shares}");
            even = shares.AreEven(Partitions) ? even ?? elapsed : null;
            judged ??= elapsed >= judgedAfter ? shares : null;
            if (even is { } since && judged is not null)
            {
                return (since, judged);
            }

            if (elapsed > Limit)
            {
                throw new InvalidOperationException($"After {Limit.TotalMinutes} minutes {silos} silos aren't even: {shares}.");
            }
        }
    }
}
