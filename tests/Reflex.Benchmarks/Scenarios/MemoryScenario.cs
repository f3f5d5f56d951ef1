using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Silo;

namespace Reflex.Benchmarks.Scenarios;

internal sealed class MemoryScenario : IScenario
{
    private const int Partitions = 1_000;
    private const int ConsumersOfEach = 10;
    private const int Consumers = Partitions * ConsumersOfEach;
    private const string Stream = "idle";
    private const string System = "reflex flushed";

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    // Every consumer's page call comes back empty in it, and it has two of the minute's chores.
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    public string Name => "memory";

    public string Description => "what idle partitions and consumers take; three minutes, whatever --seconds says";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        Report.Progress("memory: partitions");
        var (bare, partitions) = await MeasurePartitionsAsync(run, cancellationToken);
        run.Report.Add(System, "silo without partitions, heap", bare.HeapBytes, "bytes");
        run.Report.Add(System, "silo without partitions, process", bare.ResidentBytes, "bytes");
        Add("an idle partition", bare, partitions, Partitions);

        Report.Progress("memory: consumers");
        await using var silo = await StartAsync(run, ConsumersOfEach, cancellationToken);
        await ActivateAsync(silo, cancellationToken);
        for (var i = 0; i < ConsumersOfEach; i++)
        {
            // Answered by each consumer's grain, on every partition: all are there then.
            await silo.Reflex.GetConsumer(Stream, StreamPlan.ConsumerName(i)).GetStatusAsync(cancellationToken);
        }

        var probe = silo.Client.GetGrain<IProbeGrain>(0);
        var consumers = await probe.MeasureAsync();
        Add("an idle consumer", partitions, consumers, Consumers);
        run.Report.Add(System, $"{Partitions} partitions, {Consumers} consumers, process", consumers.ResidentBytes, "bytes");

        Report.Progress($"memory: {Idle.TotalSeconds} s without events");
        await Idling.WaitAsync(Settling, cancellationToken);
        var (_, share) = await Idling.MeasureAsync(probe, Idle, cancellationToken);
        run.Report.Add(System, $"{Partitions} idle partitions, {Consumers} idle consumers", share * 100, "% of a core");

        void Add(string what, ProcessUse less, ProcessUse more, int count)
        {
            run.Report.Add(System, $"{what}, heap", (double)(more.HeapBytes - less.HeapBytes) / count, "bytes");
            run.Report.Add(System, $"{what}, process", (double)(more.ResidentBytes - less.ResidentBytes) / count, "bytes");
        }
    }

    private static async Task<(ProcessUse Bare, ProcessUse Partitions)> MeasurePartitionsAsync(Run run, CancellationToken cancellationToken)
    {
        await using var silo = await StartAsync(run, consumers: 0, cancellationToken);
        var probe = silo.Client.GetGrain<IProbeGrain>(0);

        // The first call loads and compiles what every later one uses.
        await probe.MeasureAsync();
        var bare = await probe.MeasureAsync();
        await ActivateAsync(silo, cancellationToken);
        return (bare, await probe.MeasureAsync());
    }

    private static Task<MeasuredSilo> StartAsync(Run run, int consumers, CancellationToken cancellationToken) => MeasuredSilo.StartAsync(
        run.CreateFolder(), new SiloPlan { Streams = [new StreamPlan(Stream, Partitions, consumers)] }, cancellationToken);

    private static async Task ActivateAsync(MeasuredSilo silo, CancellationToken cancellationToken) =>
        await silo.Reflex.GetStream(Stream).GetStatusAsync(cancellationToken);
}
