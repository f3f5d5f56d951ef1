using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>Events that are there together as one <c>reflex.v1.StreamResponse</c>, as long as they are of one partition.</summary>
internal sealed class V1EventWriter : MessageEventWriter
{
    /// <summary>A message grows to this and a last event, well below the 4 MiB that clients take.</summary>
    private const int MessageSize = 64 * 1024;

    private const int NoMessage = -1;

    private const int AfterField = 1;
    private const int PartitionField = 2;
    private const int EventsField = 3;
    private const int EpochField = 4;

    private const int IdField = 1;
    private const int TypeField = 2;
    private const int TimestampField = 3;
    private const int ForeignIdField = 4;
    private const int MetadataField = 5;
    private const int TraceField = 6;

    private readonly CursorText _after = new();
    private int _start = NoMessage;
    private int _partition;
    private long _epoch;
    private EventId _last;

    public override void Add(Event e)
    {
        var fields = new SentFields(e);
        if (_start != NoMessage
            && (e.Partition != _partition || e.Epoch != _epoch || e.Id <= _last || Buffer.Count - _start >= MessageSize))
        {
            Complete();
        }

        if (_start == NoMessage)
        {
            Begin(e);
        }

        var size = fields.Size + ProtoWriter.SizeOfNumberField(e.Id.Value);
        var whole = ProtoWriter.SizeOfField(size);
        var writer = new ProtoWriter(Buffer.GetSpan(whole));
        writer.WriteHeader(EventsField, size);
        writer.WriteNumber(IdField, e.Id.Value);
        writer.WriteNumber(TypeField, fields.Type);
        fields.WriteTimestamp(ref writer, TimestampField);
        writer.WriteBytes(ForeignIdField, fields.ForeignId);
        writer.WriteBytes(MetadataField, fields.Metadata);
        writer.WriteBytes(TraceField, fields.Trace);
        Buffer.Advance(whole);
        _last = e.Id;
    }

    public override bool HasPlaces => true;

    public override void WritePlace(Cursor cursor)
    {
        Complete();
        _after.Format(cursor);
        var size = ProtoWriter.SizeOfField(_after.Bytes.Length);
        var message = Buffer.GetSpan(FrameHeaderSize + size);
        WriteFrameHeader(message, size);
        new ProtoWriter(message[FrameHeaderSize..]).WriteBytes(AfterField, _after.Bytes);
        Buffer.Advance(FrameHeaderSize + size);
    }

    public override void Complete()
    {
        if (_start != NoMessage)
        {
            WriteFrameHeader(Buffer.From(_start), Buffer.Count - _start - FrameHeaderSize);
            _start = NoMessage;
        }
    }

    private void Begin(Event e)
    {
        _after.Format(e.Cursor.With(e.Partition, new EventId(e.Id.Value - 1)));
        _partition = e.Partition;
        _epoch = e.Epoch;
        _start = Buffer.Count;
        var size = FrameHeaderSize + ProtoWriter.SizeOfField(_after.Bytes.Length) + ProtoWriter.SizeOfNumberField(_partition)
            + ProtoWriter.SizeOfNumberField(_epoch);
        var header = Buffer.GetSpan(size);
        var writer = new ProtoWriter(header[FrameHeaderSize..]);
        writer.WriteBytes(AfterField, _after.Bytes);
        writer.WriteNumber(PartitionField, _partition);
        writer.WriteNumber(EpochField, _epoch);
        Buffer.Advance(size);
    }
}
