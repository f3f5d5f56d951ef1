using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Scenarios;

/// <remarks>
/// The same number of callers for every partition count, each waiting for its own event: a slow partition then holds up only
/// its own callers.
/// </remarks>
internal sealed class PartitionsScenario : IScenario
{
    private const int Callers = 4096;

    private static readonly int[] Counts = [1, 2, 4, 8, 16, 32, 64];

    public string Name => "partitions";

    public string Description => "events appended per second to 1 to 64 partitions at once, from another process";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await Disk.MeasureAsync(run.Report, run.Folder, cancellationToken);
        foreach (var durability in Enum.GetValues<Durability>())
        {
            await MeasureAsync(run, durability, cancellationToken);
        }
    }

    private static async Task MeasureAsync(Run run, Durability durability, CancellationToken cancellationToken)
    {
        var plan = new SiloPlan { Durability = durability };
        await using var silo = await MeasuredSilo.StartAsync(run.CreateFolder(), plan, cancellationToken);
        foreach (var count in Counts)
        {
            await silo.Reflex.DefineStreamAsync(new StreamDefinition(NameOf(count), count), cancellationToken);
        }

        var rates = await Rounds.MeasureAsync(
            run,
            "partitions",
            Counts,
            count => $"{count} partitions, {durability}",
            (count, duration) => Appending.CallersAsync(
                new ReflexStream(silo.Reflex.GetStream(NameOf(count))), Callers, duration, null, cancellationToken));
        var system = ReflexSystem.NameOf(durability);
        foreach (var (count, rate) in Counts.Zip(rates))
        {
            run.Report.Add(system, $"append to {count} partition(s), {Callers} callers waiting", rate, Report.EventsPerSecond);
        }

        var best = Counts[rates.IndexOf(rates.Max())];
        run.Report.AddRatio($"{system}, append to {Counts[^1]} partitions", $"the best count, {best}", rates[^1], rates.Max());
        run.Plot.Add(system, "partitions", Report.EventsPerSecond, Counts.Zip(rates, (count, rate) => ((double)count, rate)));
    }

    private static string NameOf(int count) => $"partitions-{count}";
}
