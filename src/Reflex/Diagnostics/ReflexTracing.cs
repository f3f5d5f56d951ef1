using System.Diagnostics;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>Reflex's spans. For whoever writes a client of one's own: appends look the same whatever they go through.</summary>
public static class ReflexTracing
{
    private static readonly ActivitySource Source = new(ReflexDiagnostics.ActivitySourceName);

    /// <summary>Starts the span of an append, whose context the appended events carry.</summary>
    /// <param name="stream">The stream that is appended to.</param>
    /// <param name="count">How many events are appended.</param>
    /// <returns>The span, to be disposed when they are durable; null when nobody listens.</returns>
    public static Activity? StartAppend(StreamName stream, int count)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var activity = Source.StartActivity("reflex.append", ActivityKind.Producer);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("reflex.stream", stream.Value);
            activity.SetTag("reflex.events", count);
        }

        return activity;
    }

    /// <summary>Starts the span of an event's handling, a child of the span that appended it.</summary>
    /// <returns>The span, to be disposed when the event is handled; null when nobody listens.</returns>
    internal static Activity? StartDeliver(string consumer, Event e)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        TraceContext.TryRead(e.Trace.Span, out var parent);
        var activity = Source.StartActivity("reflex.deliver", ActivityKind.Consumer, parent);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("reflex.consumer", consumer);
            activity.SetTag("reflex.partition", e.Partition);
            activity.SetTag("reflex.event.id", e.Id.Value);
            activity.SetTag("reflex.event.type", e.Type.Value);
        }

        return activity;
    }
}
