using System.Diagnostics;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>Reflex's spans. For whoever writes a client of one's own: appends look the same whatever they go through.</summary>
public static class ReflexTracing
{
    // More than that OpenTelemetry's SDKs drop.
    private const int MostLinks = 128;

    private static readonly ActivitySource Source = new(ReflexDiagnostics.ActivitySourceName);

    /// <summary>Whether anybody listens, so that it is worth finding out what a span tells.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Starts the span of an append, whose context the appended events carry.</summary>
    /// <param name="stream">The stream that is appended to.</param>
    /// <param name="count">How many events are appended.</param>
    /// <returns>The span, to be disposed when they are durable; null when nobody listens.</returns>
    public static Activity? StartAppend(StreamName stream, int count)
    {
        if (!IsOn)
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

    /// <summary>
    /// Starts the span of appends that a log makes durable together: a child of the first one's span, with links to those of the others,
    /// 128 at most.
    /// </summary>
    /// <param name="partition">The log's partition.</param>
    /// <param name="traces">The trace contexts of the appended events; the same one may come several times.</param>
    /// <returns>The span, to be disposed when they are durable; null when nobody listens, or none of them is traced.</returns>
    public static Activity? StartCommit(PartitionId partition, IEnumerable<ReadOnlyMemory<byte>> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        if (!IsOn || Read(traces) is not [var first, .. var others])
        {
            return null;
        }

        var activity = Source.StartActivity(
            "reflex.commit", ActivityKind.Internal, first, links: others.Select(append => new ActivityLink(append)));
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("reflex.stream", partition.Stream.Value);
            activity.SetTag("reflex.partition", partition.Index);
        }

        return activity;
    }

    /// <summary>Starts the span of an event's handling, a child of the span that appended it.</summary>
    /// <returns>The span, to be disposed when the event is handled; null when nobody listens.</returns>
    internal static Activity? StartDeliver(string consumer, Event e)
    {
        if (!IsOn)
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

    private static List<ActivityContext> Read(IEnumerable<ReadOnlyMemory<byte>> traces)
    {
        var contexts = new List<ActivityContext>();
        foreach (var trace in traces)
        {
            if (TraceContext.TryRead(trace.Span, out var context) && !contexts.Contains(context))
            {
                contexts.Add(context);
            }

            if (contexts.Count > MostLinks)
            {
                break;
            }
        }

        return contexts;
    }
}
