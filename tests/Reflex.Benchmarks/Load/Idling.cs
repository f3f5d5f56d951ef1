using System.Diagnostics;
using Reflex.Benchmarks.Silo;

namespace Reflex.Benchmarks.Load;

/// <summary>What a silo takes while nothing happens.</summary>
internal static class Idling
{
    /// <summary>What the silo takes at first, and the share of a core that it takes from then on.</summary>
    public static async Task<(ProcessUse First, double Share)> MeasureAsync(
        IProbeGrain probe, TimeSpan time, CancellationToken cancellationToken)
    {
        var first = await probe.MeasureAsync();
        var started = Stopwatch.GetTimestamp();
        await WaitAsync(time, cancellationToken);
        var last = await probe.MeasureAsync();
        return (first, (last.Processor - first.ProcessorAfter) / Stopwatch.GetElapsedTime(started));
    }

    public static async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync(cancellationToken);
    }
}
