using System.Text;
using Reflex.Events;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Requests;

/// <summary>Reads the events of an append. They keep the message's bytes, without a copy.</summary>
internal static class NewEvents
{
    /// <exception cref="FormatException">There is none, or one has something that events can't have.</exception>
    public static IReadOnlyList<NewEvent> Read(V1.AppendRequest request)
    {
        if (request.Events.Count == 0)
        {
            throw new FormatException("The append has no events: expected at least one.");
        }

        var events = new NewEvent[request.Events.Count];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = Read(request.Events[i], i);
        }

        return events;
    }

    private static NewEvent Read(V1.NewEvent e, int index)
    {
        // A char is at most 3 bytes of UTF-8, so that most ids need no exact count.
        if (e.ForeignId.Length > NewEvent.MaxForeignIdBytes / 3)
        {
            Require(Encoding.UTF8.GetByteCount(e.ForeignId), NewEvent.MaxForeignIdBytes, "foreign id", index);
        }

        Require(e.Trace.Length, NewEvent.MaxTraceBytes, "trace context", index);
        return new NewEvent(e.Type, e.ForeignId)
        {
            Metadata = e.Metadata.Memory,
            Timestamp = e.Timestamp is null ? null : ProtoTime.ToDateTimeOffset(e.Timestamp, $"timestamp of event {index + 1}"),
            Trace = e.Trace.Memory,
        };
    }

    private static void Require(int bytes, int limit, string what, int index)
    {
        if (bytes > limit)
        {
            throw new FormatException($"The {what} of event {index + 1} has {bytes} bytes; the limit is {limit}.");
        }
    }
}
