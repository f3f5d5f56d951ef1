using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;
using Reflex.Storage;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class AppendScenario : IScenario
{
    public string Name => "append";

    public string Description => "events appended per second from a process of their own";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        run.Report.AddLatencies("disk", "write 4 KiB and flush", Disk.MeasureFlushes(run.Folder, 1_000));
        foreach (var durability in Enum.GetValues<Durability>())
        {
            await using var silo = await MeasuredSilo.StartAsync(run.Folder, durability, cancellationToken);
            var stream = silo.Reflex.GetStream(MeasuredStreams.Bare);
            var mode = durability.ToString().ToLowerInvariant();
            foreach (var callers in new[] { 1, 64 })
            {
                await Appending.CallersAsync(stream, callers, run.WarmUp);
                var rate = await Appending.CallersAsync(stream, callers, run.Duration);
                run.Report.Add(Report.Ours, $"append, {mode}, {callers} caller(s) waiting", rate, "events/s");
                if (callers == 1)
                {
                    run.Report.Add(Report.Ours, $"append, {mode}, one at a time", 1_000_000 / rate, "us");
                }
            }

            await Appending.PipelinedAsync(stream, 4096, run.WarmUp);
            run.Report.Add(Report.Ours, $"append, {mode}, 4096 in flight", await Appending.PipelinedAsync(stream, 4096, run.Duration), "events/s");
        }
    }
}
