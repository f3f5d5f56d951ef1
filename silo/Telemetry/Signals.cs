namespace Reflex.Silo.Telemetry;

/// <summary>What goes to a collector by OTLP, as OpenTelemetry's own environment variables say it.</summary>
/// <remarks>
/// The exporter itself reads these too, and passes over what it can't read in silence; so a fault is found here. Without an endpoint
/// nothing is sent: the exporter would else try a collector on this machine, and nobody asked for one.
/// </remarks>
/// <param name="Metrics">Whether metrics go there.</param>
/// <param name="Traces">Whether traces go there.</param>
/// <param name="Logs">Whether logs go there.</param>
internal sealed record Signals(bool Metrics, bool Traces, bool Logs)
{
    private const string Disabled = "OTEL_SDK_DISABLED";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public bool IsAny => Metrics || Traces || Logs;

    /// <exception cref="FormatException">A variable has no meaning; the message says which.</exception>
    public static Signals Read(IConfiguration configuration)
    {
        var isDisabled = bool.TryParse(configuration[Disabled], out var disabled) && disabled;
        return new Signals(IsSent("METRICS"), IsSent("TRACES"), IsSent("LOGS"));

        bool IsSent(string signal)
        {
            RequireProtocol(configuration, $"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL");
            RequireProtocol(configuration, Protocol);
            var isWanted = IsWanted(configuration, $"OTEL_{signal}_EXPORTER");
            var hasEndpoint = HasAddress(configuration, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") | HasAddress(configuration, Endpoint);
            return isWanted && hasEndpoint && !isDisabled;
        }
    }

    private static bool IsWanted(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" or "otlp" => true,
        "none" => false,
        var other => throw new FormatException($"The environment variable {name} is '{other}': expected otlp or none."),
    };

    private static void RequireProtocol(IConfiguration configuration, string name)
    {
        if (configuration[name] is not (null or "" or "grpc" or "http/protobuf") and var other)
        {
            throw new FormatException($"The environment variable {name} is '{other}': expected grpc or http/protobuf.");
        }
    }

    private static bool HasAddress(IConfiguration configuration, string name)
    {
        if (configuration[name] is not { Length: > 0 } address)
        {
            return false;
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? true
            : throw new FormatException(
                $"The environment variable {name} is '{address}': expected an address such as http://collector:4317.");
    }
}
