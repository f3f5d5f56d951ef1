using System.Diagnostics.Metrics;
using Reflex.Diagnostics;

namespace Reflex.Orleans.Spread;

/// <summary>The metrics of what a silo has. One for each meter factory, whose meter they share with the others; thread-safe.</summary>
internal sealed class SpreadInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _moves;

    /// <summary>Makes the meter <see cref="ReflexDiagnostics.MeterName"/> and what silos are measured with.</summary>
    /// <param name="meterFactory">Makes the meter, which it owns.</param>
    /// <param name="grains">What is active in the silo.</param>
    /// <param name="failed">What it should serve and can't.</param>
    public SpreadInstruments(IMeterFactory meterFactory, LocalGrains grains, FailedPartitions failed)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _meter = meterFactory.Create(ReflexDiagnostics.MeterName);
        _meter.CreateObservableGauge(
            "reflex.silo.partitions", () => grains.Count(MovableKind.Partition), "{partition}", "Partitions that this silo owns.");
        _meter.CreateObservableGauge(
            "reflex.silo.consumers",
            () => grains.Count(MovableKind.Consumer),
            "{consumer}",
            "Consumers in this silo, one for each partition that they read.");
        _meter.CreateObservableGauge(
            "reflex.silo.partitions.failed", () => failed.All.Count, "{partition}", "Partitions that this silo should serve and can't.");
        _moves = _meter.CreateCounter<long>(
            "reflex.silo.moves", "{move}", "Partitions and consumers that went on in another silo, since it joined or this one stops.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>One has gone to another silo.</summary>
    public void OnMoved(MovableKind kind) =>
        _moves.Add(1, new KeyValuePair<string, object?>("kind", kind == MovableKind.Partition ? "partition" : "consumer"));
}
