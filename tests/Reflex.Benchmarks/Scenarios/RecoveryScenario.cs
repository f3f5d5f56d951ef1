using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Recovery;
using Reflex.Benchmarks.Reporting;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Scenarios;

/// <remarks>
/// A process of its own does each opening, so that nothing of the partition is in memory but what the machine keeps of its
/// files. It opens another, small partition first: what is measured is the log, not the loading and compiling of its code.
/// </remarks>
internal sealed class RecoveryScenario : IScenario
{
    private const int Openings = 10;
    private const int Small = 10_000;
    private const int Large = 10_000_000;

    public string Name => "recovery";

    public string Description => "opening a small and a large partition, closed cleanly and after SIGKILL";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        await Disk.MeasureAsync(run.Report, run.Folder, cancellationToken);
        var folder = run.CreateFolder();
        var medians = new Dictionary<(int Events, bool IsKilled), double>();
        foreach (var events in new[] { Small, Large })
        {
            Report.Progress($"recovery: {events} events are appended");
            var partition = new PartitionId($"recovery-{events}", 0);
            await FillAsync(folder, partition, events, cancellationToken);
            foreach (var isKilled in new[] { false, true })
            {
                medians[(events, isKilled)] = await MeasureAsync(run, folder, partition, events, isKilled, cancellationToken);
            }
        }

        foreach (var isKilled in new[] { false, true })
        {
            run.Report.AddRatio(
                $"open {Large} events {Ending(isKilled)}, p50", $"{Small}", medians[(Large, isKilled)], medians[(Small, isKilled)]);
        }
    }

    private static string Ending(bool isKilled) => isKilled ? "after SIGKILL" : "closed cleanly";

    private static async Task FillAsync(string folder, PartitionId partition, int events, CancellationToken cancellationToken)
    {
        await using var files = await StoredLogs.StartFilesAsync(folder, Durability.Flushed, cancellationToken);
        await using var log = await files.OpenAsync(partition, cancellationToken);
        await Appending.FillAsync(new LogStream(log), events, cancellationToken);
    }

    private static async Task<double> MeasureAsync(
        Run run, string folder, PartitionId partition, int events, bool isKilled, CancellationToken cancellationToken)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < Openings; i++)
        {
            Report.Progress($"recovery: {events} events, {Ending(isKilled)}, opening {i + 1} of {Openings}");
            if (isKilled)
            {
                await OwnerCommand.AppendUntilKilledAsync(folder, partition, cancellationToken);
            }

            times.Add(await OwnerCommand.OpenAsync(folder, partition, cancellationToken));
        }

        run.Report.Add("reflex flushed", $"open {events} events {Ending(isKilled)}, p50", Report.At(times, 0.5).TotalMilliseconds, "ms");
        run.Report.Add("reflex flushed", $"open {events} events {Ending(isKilled)}, max", Report.At(times, 1).TotalMilliseconds, "ms");
        return Report.At(times, 0.5).TotalMilliseconds;
    }
}
