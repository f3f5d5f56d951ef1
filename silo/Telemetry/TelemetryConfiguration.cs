using System.Reflection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Reflex.Diagnostics;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Telemetry;

/// <summary>
/// Metrics for Prometheus, by the <c>Reflex:Telemetry</c> section; and what a collector gets, by OpenTelemetry's own variables.
/// </summary>
internal static class TelemetryConfiguration
{
    private const string ServiceName = "reflex-silo";

    private static readonly string[] Sources = [ReflexDiagnostics.ActivitySourceName, CallsOfNobody.Source, "Npgsql"];

    // Asked by machines every few seconds, for no event.
    private static readonly PathString[] Probes = [MetricsEndpoint.Path, MetricsEndpoint.Health, "/grpc.health.v1.Health"];

    /// <summary>Adds what is wanted of it. What nobody wants isn't measured.</summary>
    public static IServiceCollection AddConfiguredTelemetry(this IServiceCollection services, TelemetrySettings settings, Signals signals)
    {
        if (!settings.Metrics && !signals.IsAny)
        {
            return services;
        }

        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService(ServiceName, serviceVersion: typeof(TelemetryConfiguration).Assembly
                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
            .AddEnvironmentVariableDetector());
        if (settings.Metrics || signals.Metrics)
        {
            telemetry.WithMetrics(metrics => AddMetrics(metrics, settings, signals));
        }

        if (signals.Traces)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(Sources)
                .AddAspNetCoreInstrumentation(http => http.Filter = IsAsked)
                .AddProcessor<CallsOfNobody>()
                .AddOtlpExporter());
        }

        if (signals.Logs)
        {
            telemetry.WithLogging(logs => logs.AddOtlpExporter(), options => options.IncludeFormattedMessage = true);
        }

        return services;
    }

    /// <summary>Has Orleans pass the trace of a call on to where it goes, if traces are wanted: each call pays for it.</summary>
    public static ISiloBuilder AddConfiguredTracing(this ISiloBuilder silo, Signals signals) =>
        signals.Traces ? silo.AddActivityPropagation() : silo;

    private static bool IsAsked(HttpContext context) => !Array.Exists(Probes, context.Request.Path.StartsWithSegments);

    private static void AddMetrics(MeterProviderBuilder metrics, TelemetrySettings settings, Signals signals)
    {
        metrics.AddMeter(MeasuredMeters.Names).AddView(SeriesLimit.Of);
        if (settings.Metrics)
        {
            metrics.AddPrometheusExporter(prometheus =>
            {
                // With the ending _total the names of consumers' counters would not be those of the Go library.
                prometheus.DisableTotalNameSuffixForCounters = true;

                // Each series would name its meter, which its own name begins with.
                prometheus.ScopeInfoEnabled = false;
            });
        }

        if (signals.Metrics)
        {
            metrics.AddOtlpExporter();
        }
    }
}
