using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using Reflex.Diagnostics;

namespace Reflex.Silo.Telemetry;

/// <summary>How many series a silo keeps of each of Reflex's instruments.</summary>
/// <remarks>
/// A gauge or a counter has a series for each partition of each stream or consumer, and OpenTelemetry's own limit of 2000 would put all
/// that come later into one. A histogram, which has twenty lines for each of its series, keeps that limit and has one for each stream and
/// consumer together, not for each partition.
/// </remarks>
internal static class SeriesLimit
{
    /// <summary>The most series of a gauge or a counter; the rest is counted in one more, with <c>otel_metric_overflow</c>.</summary>
    public const int Most = 12_000;

    private static readonly string[] OfHistograms = ["consumer_name", "stream"];

    /// <summary>The view of an instrument; null leaves it as it is.</summary>
    public static MetricStreamConfiguration? Of(Instrument instrument)
    {
        if (instrument.Meter.Name != ReflexDiagnostics.MeterName)
        {
            return null;
        }

        return instrument is Histogram<double>
            ? new MetricStreamConfiguration { TagKeys = OfHistograms }
            : new MetricStreamConfiguration { CardinalityLimit = Most };
    }
}
