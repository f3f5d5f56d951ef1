using OpenTelemetry;
using OpenTelemetry.Metrics;
using Reflex.Silo.Telemetry;

namespace Reflex.Benchmarks.Silo;

/// <summary>What the stock silo measures for Prometheus, in this process, and nobody scrapes.</summary>
internal sealed class Telemetry : IDisposable
{
    private MeterProvider? _metrics;

    public void Switch(bool isOn)
    {
        _metrics?.Dispose();
        _metrics = isOn
            ? Sdk.CreateMeterProviderBuilder()
                .AddMeter(MeasuredMeters.Names)
                .AddView(SeriesLimit.Of)
                .AddReader(new BaseExportingMetricReader(new Unasked()))
                .Build()
            : null;
    }

    public void Dispose() => _metrics?.Dispose();

    /// <summary>An exporter that waits for a scrape, which never comes.</summary>
    [ExportModes(ExportModes.Pull)]
    private sealed class Unasked : BaseExporter<Metric>, IPullMetricExporter
    {
        public Func<int, bool>? Collect { get; set; }

        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }
}
