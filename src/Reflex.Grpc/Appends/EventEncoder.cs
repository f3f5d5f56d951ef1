using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Reflex.Diagnostics;
using Reflex.Events;

namespace Reflex.Grpc.Appends;

/// <summary>Makes the messages of events that are appended, which share nothing with their caller.</summary>
internal static class EventEncoder
{
    // The tag and the length of an event in its request.
    private const int FieldOverhead = 5;

    /// <summary>Checks and encodes an event. It takes the current trace context where it has none.</summary>
    /// <exception cref="EventTooLargeException">It is over the limit.</exception>
    /// <exception cref="ArgumentException">Its foreign id or trace is null, too long, or no text.</exception>
    public static V1.NewEvent Encode(in NewEvent e, int maxBytes)
    {
        if (e.Measure() is var size && size > maxBytes)
        {
            throw new EventTooLargeException(
                $"The event of '{e.ForeignId}'", size, maxBytes, "keep the data elsewhere and only point to it");
        }

        return new V1.NewEvent
        {
            Type = e.Type.Value,
            ForeignId = e.ForeignId,
            Metadata = ByteString.CopyFrom(e.Metadata.Span),
            Timestamp = e.Timestamp is { } time ? Timestamp.FromDateTimeOffset(time) : null,
            Trace = TraceOf(e),
        };
    }

    /// <summary>What an event takes in its request, in bytes.</summary>
    public static int Measure(V1.NewEvent e) => e.CalculateSize() + FieldOverhead;

    private static ByteString TraceOf(in NewEvent e)
    {
        if (!e.Trace.IsEmpty || Activity.Current is not { Recorded: true } activity)
        {
            return ByteString.CopyFrom(e.Trace.Span);
        }

        Span<byte> current = stackalloc byte[TraceContext.Size];
        return ByteString.CopyFrom(current[..TraceContext.Write(activity.Context, current)]);
    }
}
