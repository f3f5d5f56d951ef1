using Reflex.AspNetCore.Reading;
using Reflex.Events;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>One <c>reflexpb.Event</c> for each event.</summary>
internal sealed class ReflexpbEventWriter : MessageEventWriter
{
    private const int TypeField = 3;
    private const int TimestampField = 4;
    private const int ForeignIdField = 5;
    private const int IdField = 6;
    private const int MetadataField = 7;
    private const int TraceField = 8;

    private readonly CursorText _cursor = new();

    public override void Add(Event e)
    {
        var fields = new SentFields(e);

        // Its clients, luno/reflex among them, take the id for a number.
        _cursor.FormatBare(e.Cursor);
        var size = fields.Size + ProtoWriter.SizeOfField(_cursor.Bytes.Length);
        var frame = Buffer.GetSpan(FrameHeaderSize + size);
        WriteFrameHeader(frame, size);
        var writer = new ProtoWriter(frame[FrameHeaderSize..]);
        writer.WriteNumber(TypeField, fields.Type);
        fields.WriteTimestamp(ref writer, TimestampField);
        writer.WriteBytes(ForeignIdField, fields.ForeignId);
        writer.WriteBytes(IdField, _cursor.Bytes);
        writer.WriteBytes(MetadataField, fields.Metadata);
        writer.WriteBytes(TraceField, fields.Trace);
        Buffer.Advance(FrameHeaderSize + size);
    }
}
