using Reflex.Events;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>An event's parts as both packages write them, without an object or a string for any.</summary>
internal readonly ref struct SentFields
{
    private const int NanosPerTick = 100;

    private readonly long _seconds;
    private readonly int _nanos;

    public SentFields(Event e)
    {
        Type = e.Type.Value;
        ForeignId = e.ForeignIdUtf8;
        Metadata = e.Metadata.Span;
        Trace = e.Trace.Span;
        var ticks = (e.Timestamp - DateTimeOffset.UnixEpoch).Ticks;
        _seconds = ticks / TimeSpan.TicksPerSecond;
        var rest = (int)(ticks % TimeSpan.TicksPerSecond);
        if (rest < 0)
        {
            _seconds--;
            rest += (int)TimeSpan.TicksPerSecond;
        }

        _nanos = rest * NanosPerTick;
        TimestampSize = ProtoWriter.SizeOfNumberField(_seconds) + ProtoWriter.SizeOfNumberField(_nanos);

        // The timestamp's own header is there even when nothing is in it: clients need one.
        Size = ProtoWriter.SizeOfNumberField(Type) + 2 + TimestampSize + ProtoWriter.SizeOfField(ForeignId.Length)
            + ProtoWriter.SizeOfField(Metadata.Length) + ProtoWriter.SizeOfField(Trace.Length);
    }

    public int Type { get; }

    public ReadOnlySpan<byte> ForeignId { get; }

    public ReadOnlySpan<byte> Metadata { get; }

    public ReadOnlySpan<byte> Trace { get; }

    /// <summary>The size of all these fields, each with its header.</summary>
    public int Size { get; }

    private int TimestampSize { get; }

    public void WriteTimestamp(ref ProtoWriter writer, int field)
    {
        writer.WriteHeader(field, TimestampSize);
        writer.WriteNumber(1, _seconds);
        writer.WriteNumber(2, _nanos);
    }
}
