namespace Reflex.Silo.Settings;

/// <summary>What <c>Reflex:Telemetry</c> says.</summary>
internal sealed class TelemetrySettings
{
    /// <summary>Whether <c>GET /metrics</c> is answered.</summary>
    /// <value>The default is true.</value>
    public bool Metrics { get; set; } = true;

    /// <summary>
    /// The port that alone answers <c>/metrics</c>, and nothing but that and <c>/health</c>; one of <c>Kestrel:Endpoints</c> listens there.
    /// </summary>
    /// <value>The default is null: all endpoints answer it.</value>
    public int? MetricsPort { get; set; }
}
