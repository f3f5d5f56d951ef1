using System.Diagnostics;
using OpenTelemetry;

namespace Reflex.Silo.Telemetry;

/// <summary>Leaves out traces that begin with a call between grains: the silos' own upkeep, several of them each second.</summary>
/// <remarks>
/// Not a sampler, which would take the place of the one that OTEL_TRACES_SAMPLER chooses. What follows such a call isn't recorded either.
/// </remarks>
internal sealed class CallsOfNobody : BaseProcessor<Activity>
{
    /// <summary>The source of the spans of calls between grains.</summary>
    public const string Source = "Microsoft.Orleans.Application";

    public override void OnStart(Activity data)
    {
        if (data.Source.Name == Source && data.ParentSpanId == default)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
