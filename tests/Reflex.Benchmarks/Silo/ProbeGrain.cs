using System.Diagnostics;
using Orleans.Concurrency;
using Reflex.Streams;

namespace Reflex.Benchmarks.Silo;

[Reentrant]
internal sealed class ProbeGrain(Milestones milestones, Telemetry telemetry) : Grain, IProbeGrain
{
    public Task WaitForConsumersAsync(string stream, long id, int consumers) =>
        milestones.WaitAsync(new PartitionId(stream, 0), id, consumers);

    public Task<ProcessUse> MeasureAsync()
    {
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        process.Refresh();
        return Task.FromResult(new ProcessUse(
            GC.GetTotalMemory(forceFullCollection: false), process.WorkingSet64, processor, process.TotalProcessorTime));
    }

    public Task SwitchMetricsAsync(bool isOn)
    {
        telemetry.Switch(isOn);
        return Task.CompletedTask;
    }
}
