using Reflex.Diagnostics;

namespace Reflex.Silo.Telemetry;

/// <summary>Whose instruments are measured with.</summary>
internal static class MeasuredMeters
{
    public static string[] Names { get; } =
    [
        ReflexDiagnostics.MeterName, "Microsoft.Orleans", "Npgsql", "System.Runtime", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];
}
