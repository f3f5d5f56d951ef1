extern alias silo;

using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Reflex.Diagnostics;
using silo::Reflex.Silo.Telemetry;

namespace Reflex.Silo.Tests.Telemetry;

public sealed class SeriesLimitTests
{
    [Fact]
    public void Counter_OfMoreSeriesThanTheLimit_CountsTheRestInOneMore()
    {
        var series = Collect(
            meter => meter.CreateCounter<long>("counted"), (counter, tags) => counter.Add(1, tags), SeriesLimit.Most + 100);

        Assert.InRange(series.Count, SeriesLimit.Most, SeriesLimit.Most + 1);
        Assert.Contains("otel.metric.overflow", Assert.Single(series, labels => !labels.Contains("stream")), StringComparison.Ordinal);
    }

    [Fact]
    public void Histogram_OfManyPartitions_HasOneSeriesForAll()
    {
        var series = Collect(
            meter => meter.CreateHistogram<double>("took"), (histogram, tags) => histogram.Record(1, tags), 100);

        Assert.Equal("stream", Assert.Single(series));
    }

    /// <summary>The labels of each series, after one measurement for each partition of a stream.</summary>
    private static List<string> Collect<T>(
        Func<Meter, T> create, Action<T, KeyValuePair<string, object?>[]> measure, int partitions)
    {
        using var meter = new Meter(ReflexDiagnostics.MeterName);
        var series = new List<string>();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(ReflexDiagnostics.MeterName)
            .AddView(SeriesLimit.Of)
            .AddReader(new BaseExportingMetricReader(new Exporter(series)))
            .Build();
        var instrument = create(meter);
        for (var i = 0; i < partitions; i++)
        {
            measure(instrument, [new("stream", "orders"), new("partition", i)]);
        }

        provider.ForceFlush();
        return series;
    }

    private sealed class Exporter(List<string> series) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            series.Clear();
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    var labels = new List<string>();
                    foreach (var tag in point.Tags)
                    {
                        labels.Add(tag.Key);
                    }

                    series.Add(string.Join(' ', labels.Where(label => label != "partition")));
                }
            }

            return ExportResult.Success;
        }
    }
}
