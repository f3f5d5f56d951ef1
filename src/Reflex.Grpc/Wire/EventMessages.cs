using System.Text;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Grpc.Wire;

/// <summary>Makes events of the messages of <c>reflexpb</c>, whose id is the cursor that continues after them.</summary>
internal static class EventMessages
{
    /// <summary>Decodes an <c>Event</c> from its bytes.</summary>
    /// <param name="message">The bytes.</param>
    /// <param name="partition">The partition that is read; null for all, or when it isn't known.</param>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public static Event[] Decode(byte[] message, int? partition)
    {
        var fields = ReceivedFields.ReadReflexpb(message);
        return [Make(fields, Encoding.UTF8.GetString(fields.IdText), partition)];
    }

    /// <summary>Makes an event of a generated message.</summary>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public static Event[] Convert(Reflexpb.Event message)
    {
        var fields = new ReceivedFields
        {
            Type = message.Type,
            Ticks = message.Timestamp is { } time ? ReceivedFields.ToTicks(time.Seconds, time.Nanos) : 0,
            ForeignId = Encoding.UTF8.GetBytes(message.ForeignId),
            Metadata = message.Metadata.Span,
            Trace = message.Trace.Span,
        };
        fields.Check();
        return [Make(fields, message.Id, partition: null)];
    }

    private static Event Make(in ReceivedFields fields, string idText, int? partition)
    {
        if (!Cursor.TryParse(idText, out var cursor) || cursor.IsEmpty)
        {
            throw new InvalidDataException($"An event has the id '{idText}': expected a decimal number, or one for each partition.");
        }

        var place = cursor.Places == 1 ? partition ?? 0 : PlaceOf(fields, cursor);
        var handled = cursor.Of(cursor.Places == 1 ? 0 : place);
        var others = cursor.Places == 1 ? Cursor.Empty : cursor;
        if (handled is not { Id: { Value: > 0 and < long.MaxValue } id, Epoch: var epoch })
        {
            throw new InvalidDataException($"An event of the partition {place} has the id '{idText}'.");
        }

        var received = new ReceivedEvents(place, epoch, others, count: 1, fields.ContentBytes);
        return received.Add(id, fields.Type, fields.Timestamp, fields.ForeignId, fields.Trace, fields.Metadata);
    }

    /// <summary>Which place of a vector is the event's own: the one of its entity's partition.</summary>
    private static int PlaceOf(in ReceivedFields fields, in Cursor cursor) =>
        Partitioning.PartitionOf(Encoding.UTF8.GetString(fields.ForeignId), cursor.Places);
}
