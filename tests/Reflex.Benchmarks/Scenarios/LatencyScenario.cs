using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class LatencyScenario : IScenario
{
    private const int PerSecond = 1_000;

    // What the path through the grains may take beside the disk.
    private static readonly TimeSpan Allowance = TimeSpan.FromMicroseconds(100);

    public string Name => "latency";

    public string Description => "from the intended append to the handling, at 1000 events a second";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        var flush = await Disk.MeasureAsync(run.Report, run.Folder, cancellationToken);
        await using var systems = await MeasuredSystems.StartAsync(run, withOurs: true, cancellationToken);
        foreach (var ours in systems.All.OfType<ReflexSystem>())
        {
            await MeasureConsumerAsync(run, ours, flush);
        }

        await MeasureAsync(run, systems, cancellationToken);
    }

    internal static async Task MeasureAsync(Run run, MeasuredSystems systems, CancellationToken cancellationToken)
    {
        const string Figure = "append to another process";
        var ages = systems.All.ToDictionary(system => system, _ => new List<TimeSpan>());
        for (var round = 0; round < Rounds.Count; round++)
        {
            foreach (var system in systems.All)
            {
                Report.Progress($"{Figure}: {system.Name}, round {round + 1} of {Rounds.Count}");
                var stream = await system.CreateStreamAsync($"paced-{round}", cancellationToken);
                try
                {
                    ages[system].AddRange(await Reading.PacedAsync(
                        stream, system.IsLog, PerSecond, run.WarmUp, run.Duration / Rounds.Count, cancellationToken));
                }
                catch (InvalidOperationException error)
                {
                    throw new InvalidOperationException($"{system.Name}: {error.Message}", error);
                }
            }
        }

        foreach (var system in systems.All)
        {
            run.Report.AddLatencies(system.Name, Figure, ages[system]);
        }

        foreach (var (name, share) in new[] { ("p50", 0.5), ("p99", 0.99) })
        {
            run.Report.AddRatios(
                $"{Figure}, {name}",
                [.. systems.All.Select(system => (system, Report.At(ages[system], share).TotalMicroseconds))],
                isMoreBetter: false);
        }
    }

    private static async Task MeasureConsumerAsync(Run run, ReflexSystem ours, TimeSpan flush)
    {
        const string Figure = "append to consumer grain";
        Report.Progress($"{Figure}: {ours.Name}");
        var timer = ours.Silo.GetConsumer<ITimingGrain>(MeasuredStreams.Timed, MeasuredStreams.Timer);
        await timer.MeasureAsync(PerSecond, run.WarmUp);
        var ages = (await timer.MeasureAsync(PerSecond, run.Duration)).ToList();
        run.Report.AddLatencies(ours.Name, Figure, ages);
        var (reach, name) = ours.IsFlushed ? (flush + Allowance, "a flush + 100 us") : (Allowance, "100 us");
        run.Report.AddRatio($"{Figure}, p50", name, Report.At(ages, 0.5).TotalMicroseconds, reach.TotalMicroseconds);
    }
}
