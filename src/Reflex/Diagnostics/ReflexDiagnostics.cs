namespace Reflex.Diagnostics;

/// <summary>The names to give to OpenTelemetry: <c>AddMeter</c> and <c>AddSource</c>.</summary>
public static class ReflexDiagnostics
{
    /// <summary>The name of the meter that all of Reflex's instruments belong to.</summary>
    public const string MeterName = "Reflex";

    /// <summary>The name of the activity source that all of Reflex's spans come from.</summary>
    public const string ActivitySourceName = "Reflex";
}
