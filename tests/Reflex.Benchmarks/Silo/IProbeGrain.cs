namespace Reflex.Benchmarks.Silo;

/// <summary>Looks into the measured silo's process.</summary>
[Alias("reflex.bench.IProbeGrain")]
internal interface IProbeGrain : IGrainWithIntegerKey
{
    /// <summary>Ends when so many consumers have handled a stream's one partition up to an event, which is a milestone.</summary>
    [Alias("WaitForConsumers")]
    Task WaitForConsumersAsync(string stream, long id, int consumers);

    /// <summary>What the process takes, after a garbage collection that leaves nothing behind.</summary>
    [Alias("Measure")]
    Task<ProcessUse> MeasureAsync();

    /// <summary>Switches the metrics that the stock silo has on or off.</summary>
    [Alias("SwitchMetrics")]
    Task SwitchMetricsAsync(bool isOn);
}
