using Reflex.Silo.Settings;

namespace Reflex.Silo.Telemetry;

/// <summary>Where metrics are answered.</summary>
internal static class MetricsEndpoint
{
    public const string Path = "/metrics";
    public const string Health = "/health";

    // What serves everything else.
    private static readonly string[] Others = ["Http", "Grpc"];

    /// <summary>Maps it, for whoever may observe, and keeps a port of its own for it if that is wanted.</summary>
    /// <exception cref="FormatException">No endpoint listens on that port.</exception>
    public static void MapConfiguredMetrics(this WebApplication app, TelemetrySettings settings)
    {
        if (settings.MetricsPort is { } port)
        {
            RequireEndpoint(app.Configuration, settings, port);
            app.Use((context, next) => IsServed(context, port) ? next(context) : Refuse(context));
        }

        if (settings.Metrics)
        {
            app.MapPrometheusScrapingEndpoint(Path, meterProvider: null, branch => branch.Use(AnswerAsText), optionsName: null)
                .RequireReflexObserve();
        }
    }

    // In OpenMetrics, which Prometheus would rather have, every counter has the ending _total, and none the name that it has in the Go
    // library.
    private static Task AnswerAsText(HttpContext context, RequestDelegate next)
    {
        context.Request.Headers.Accept = "text/plain";
        return next(context);
    }

    private static bool IsServed(HttpContext context, int port)
    {
        // As the route is matched: with a slash after it too, and in capitals.
        var isMetrics = context.Request.Path.StartsWithSegments(Path);
        return context.Connection.LocalPort == port ? isMetrics || context.Request.Path.StartsWithSegments(Health) : !isMetrics;
    }

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static void RequireEndpoint(IConfiguration configuration, TelemetrySettings settings, int port)
    {
        const string Setting = $"{ReflexSettings.Section}:{ReflexSettings.Telemetry}:{nameof(TelemetrySettings.MetricsPort)}";
        if (!settings.Metrics)
        {
            throw new FormatException(
                $"The setting {Setting} is {port}, but {nameof(TelemetrySettings.Metrics)} beside it is false: leave one out.");
        }

        var endpoint = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .FirstOrDefault(endpoint => endpoint["Url"] is { } url && BindingAddress.Parse(url).Port == port);
        if (endpoint is not null && Others.Contains(endpoint.Key, StringComparer.OrdinalIgnoreCase))
        {
            throw new FormatException(
                $"The setting {Setting} is {port}, where {endpoint.Path} listens, and nothing but metrics would be answered there: give "
                + "them an endpoint of their own, such as Kestrel:Endpoints:Metrics:Url=http://localhost:9464.");
        }

        if (endpoint is null)
        {
            throw new FormatException(
                $"The setting {Setting} is {port}, where none of Kestrel:Endpoints listens: add "
                + $"Kestrel:Endpoints:Metrics:Url=http://localhost:{port}.");
        }
    }
}
