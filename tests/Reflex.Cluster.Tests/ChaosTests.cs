using System.Diagnostics;
using System.Globalization;
using Reflex.Cluster.Tests.Checking;
using Reflex.Cluster.Tests.Cluster;
using Reflex.Cluster.Tests.Faults;
using Reflex.Cluster.Tests.History;
using Reflex.Cluster.Tests.Load;
using Reflex.Tests.Shared;

namespace Reflex.Cluster.Tests;

/// <summary>A cluster under load, to which everything happens that can: nothing is lost, doubled or handled out of order.</summary>
public sealed class ChaosTests(PostgresServer server, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    // As many as come in the time; more than a run on two cores gets to.
    private const int OrdinaryFaults = 60;

    // How long after a fault Orleans may still end activations that it has two of, in microseconds.
    private const long Aftermath = 15_000_000;

    // Of the end of a silo that nothing was done to, in microseconds.
    private const long Around = 30_000_000;

    private static readonly TimeSpan OrdinaryTime = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Unusual = TimeSpan.FromSeconds(2);

    // Anything takes seconds; a busy machine may take many times as long.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // REFLEX_CHAOS_FAULTS makes it a long run, of as many faults however long they take, and REFLEX_CHAOS_SEED repeats one.
    private static int? Faults => Number("REFLEX_CHAOS_FAULTS");

    // REFLEX_CHAOS_KINDS leaves only some kinds, with commas between them, and REFLEX_CHAOS_KEEP keeps the files also when all is right.
    private static FaultKind[] Kinds =>
    [
        .. (Environment.GetEnvironmentVariable("REFLEX_CHAOS_KINDS") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(Enum.Parse<FaultKind>),
    ];

    [Fact]
    public async Task Cluster_ToWhichEverythingHappens_LosesDoublesAndReordersNothing()
    {
        var seed = Number("REFLEX_CHAOS_SEED") ?? Random.Shared.Next();
        var folder = Directory.CreateTempSubdirectory("reflex-chaos-").FullName;
        output.WriteLine($"seed {seed}, files in {folder}");
        var summary = new Summary();
        IReadOnlyList<string> wrong;
        try
        {
            wrong = await RunAsync(new Random(seed), folder, summary);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Seed {seed}, files in {folder}:\n{summary.Write([])}", error);
        }

        Assert.True(wrong.Count == 0, $"Seed {seed}, files in {folder}:\n{string.Join('\n', wrong)}");
        if (Environment.GetEnvironmentVariable("REFLEX_CHAOS_KEEP") is null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<string>> RunAsync(Random random, string folder, Summary summary)
    {
        var clock = ClockChange.FindLibrary();
        if (clock is null)
        {
            output.WriteLine("Without libfaketime no clock goes wrong.");
        }

        await using var cluster = await ChaosCluster.StartAsync(server, folder, Workload.Partitions, Token);
        await using var load = await Workload.StartAsync(cluster, Token);
        var plan = new FaultPlan(random, clock, Kinds);
        var scene = new FaultScene(cluster, random, load.Progress.Mark);
        var started = Stopwatch.GetTimestamp();
        await PassAsync(null, scene, load, summary);
        for (var n = 0; Faults is { } faults ? n < faults : n < OrdinaryFaults && Stopwatch.GetElapsedTime(started) < OrdinaryTime; n++)
        {
            await PassAsync(plan.Next(), scene, load, summary);
            await PassAsync(null, scene, load, summary);
        }

        var run = await load.EndAsync([.. summary.Faults, .. EndedByThemselves(cluster.Lives, summary.Faults)], Limit, Token);
        output.WriteLine(summary.Write(Repeats.Find(run)));
        output.WriteLine(
            $"{load.Acknowledged} events acknowledged, {run.Log.Count()} in the log, in "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
        output.WriteLine(string.Join('\n', load.Failures.All.Select(failure => $"{failure.Value,6} {failure.Key}")));
        return [.. Checker.Check(run), .. load.Failures.Unexpected];
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>
    /// Silos that ended themselves when nothing was done to them that may be the reason. Such a one may have been wrong about its consumers
    /// for a while before, and is replaced after it.
    /// </summary>
    private static IEnumerable<RecordedFault> EndedByThemselves(SiloLives lives, IReadOnlyList<RecordedFault> faults) =>
        from life in lives.All
        let at = life.EndedAt
        where life.Ending == SiloEnding.ByItself
            && !faults.Any(fault => fault.Kind.MayRepeat() && fault.Began <= at && at <= fault.Settled)
        select new RecordedFault(FaultKind.SiloEnded, at - Around, at + Around);

    /// <summary>Does something to the cluster, or nothing, and waits until all go on and every silo is a member again.</summary>
    private async Task PassAsync(IFault? fault, FaultScene scene, Workload load, Summary summary)
    {
        var began = Clock.Now;
        var failed = load.Failures.Appends;
        scene.Mark();
        if (fault is not null)
        {
            await fault.RunAsync(scene, Token);
        }

        var times = await load.Progress.WaitAsync(Limit, Token);
        await scene.Cluster.SettleAsync(Token).WaitAsync(Limit, Token);
        var kind = fault?.Kind ?? FaultKind.None;
        summary.Add(new RecordedFault(kind, began, Clock.Now + Aftermath), times, load.Failures.Appends - failed);
        if (fault is not null || times.All > Unusual)
        {
            output.WriteLine(
                $"{kind}: appends go on after {times.Appends.TotalSeconds:F2} s, readers {times.Reads.TotalSeconds:F2}, consumers "
                + $"{times.Consumers.TotalSeconds:F2}, {times.Last} last; settled after {Clock.Span(Clock.Now - began).TotalSeconds:F2} s");
        }
    }
}
