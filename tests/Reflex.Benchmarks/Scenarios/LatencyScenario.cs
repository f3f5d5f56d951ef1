using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class LatencyScenario : IScenario
{
    private const int PerSecond = 1_000;

    public string Name => "latency";

    public string Description => "from the intended append to the handling, at 1000 events a second";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        run.Report.AddLatencies("disk", "write 4 KiB and flush", Disk.MeasureFlushes(run.Folder, 1_000));
        foreach (var durability in Enum.GetValues<Durability>())
        {
            await using var silo = await MeasuredSilo.StartAsync(run.Folder, durability, cancellationToken);
            var mode = durability.ToString().ToLowerInvariant();
            var timer = silo.GetConsumer<ITimingGrain>(MeasuredStreams.Timed, MeasuredStreams.Timer);
            await timer.MeasureAsync(PerSecond, run.WarmUp);
            run.Report.AddLatencies(
                Report.Ours, $"append to consumer grain, {mode}", await timer.MeasureAsync(PerSecond, run.Duration));

            var stream = silo.Reflex.GetStream(MeasuredStreams.Bare);
            await MeasureAsync(stream, run.WarmUp, cancellationToken);
            run.Report.AddLatencies(
                Report.Ours, $"append to another process, {mode}", await MeasureAsync(stream, run.Duration, cancellationToken));
        }
    }

    private static async Task<List<TimeSpan>> MeasureAsync(IEventStream stream, TimeSpan duration, CancellationToken cancellationToken)
    {
        var count = (int)(PerSecond * duration.TotalSeconds);
        var ages = new List<TimeSpan>(count);
        var head = (await stream.GetStatusAsync(cancellationToken)).Partitions[0].Head;
        var reading = Task.Run(
            async () =>
            {
                await foreach (var e in stream.StreamAsync(head, cancellationToken))
                {
                    ages.Add(Workload.Age(e));
                    if (ages.Count == count)
                    {
                        return;
                    }
                }
            },
            cancellationToken);
        await Pacer.RunAsync(PerSecond, duration, (i, intended) => stream.AppendAsync(Workload.StampedEvent(i, intended)).Ignore());
        await reading;
        return ages;
    }
}
