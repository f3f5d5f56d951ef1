using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Reflex.Events;

/// <summary>The bytes of one event inside a batch. The layout is part of the format in <c>Storage/BATCH.md</c>.</summary>
internal static class EventRecord
{
    public const int HeaderSize = 20;

    private const int TypeOffset = 4;
    private const int TimestampOffset = 8;
    private const int ForeignIdLengthOffset = 16;
    private const int TraceLengthOffset = 18;

    /// <summary>The size of an event's record.</summary>
    /// <exception cref="ArgumentException">The foreign id is no text.</exception>
    public static int Measure(in NewEvent e) =>
        HeaderSize + EventLimits.MeasureForeignId(e) + e.Trace.Length + e.Metadata.Length;

    /// <summary>Writes the record and returns its size. The destination is at least <see cref="Measure"/> bytes.</summary>
    public static int Write(Span<byte> destination, in NewEvent e, DateTimeOffset timestamp, ReadOnlySpan<byte> trace)
    {
        var foreignIdLength = Encoding.UTF8.GetBytes(e.ForeignId, destination[HeaderSize..]);
        var size = HeaderSize + foreignIdLength + trace.Length + e.Metadata.Length;
        BinaryPrimitives.WriteInt32LittleEndian(destination, size);
        BinaryPrimitives.WriteInt32LittleEndian(destination[TypeOffset..], e.Type.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[TimestampOffset..], (timestamp - DateTimeOffset.UnixEpoch).Ticks);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ForeignIdLengthOffset..], (ushort)foreignIdLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[TraceLengthOffset..], (ushort)trace.Length);
        trace.CopyTo(destination[(HeaderSize + foreignIdLength)..]);
        e.Metadata.Span.CopyTo(destination[(HeaderSize + foreignIdLength + trace.Length)..]);
        return size;
    }

    /// <summary>Writes the record of an event that was received. The destination is exactly as long as it.</summary>
    public static void Write(
        Span<byte> destination,
        int type,
        long ticks,
        ReadOnlySpan<byte> foreignId,
        ReadOnlySpan<byte> trace,
        ReadOnlySpan<byte> metadata)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, destination.Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[TypeOffset..], type);
        BinaryPrimitives.WriteInt64LittleEndian(destination[TimestampOffset..], ticks);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ForeignIdLengthOffset..], (ushort)foreignId.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[TraceLengthOffset..], (ushort)trace.Length);
        foreignId.CopyTo(destination[HeaderSize..]);
        trace.CopyTo(destination[(HeaderSize + foreignId.Length)..]);
        metadata.CopyTo(destination[(HeaderSize + foreignId.Length + trace.Length)..]);
    }

    /// <summary>The size of the well-formed record at the start of <paramref name="source"/>, or 0 if there is none.</summary>
    public static int Validate(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderSize)
        {
            return 0;
        }

        var size = Size(source);
        var foreignIdLength = ForeignIdLength(source);
        var variable = HeaderSize + foreignIdLength + TraceLength(source);
        return size >= variable && size <= source.Length
            && foreignIdLength <= NewEvent.MaxForeignIdBytes && TraceLength(source) <= NewEvent.MaxTraceBytes
            && Ticks(source) + DateTimeOffset.UnixEpoch.Ticks is >= 0 and <= 3155378975999999999 /* 9999-12-31 */
            && Utf8.IsValid(source.Slice(HeaderSize, foreignIdLength))
            ? size
            : 0;
    }

    public static int Size(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static EventType Type(ReadOnlySpan<byte> record) =>
        new(BinaryPrimitives.ReadInt32LittleEndian(record[TypeOffset..]));

    public static DateTimeOffset Timestamp(ReadOnlySpan<byte> record) => DateTimeOffset.UnixEpoch.AddTicks(Ticks(record));

    public static ReadOnlySpan<byte> ForeignId(ReadOnlySpan<byte> record) => record.Slice(HeaderSize, ForeignIdLength(record));

    public static ReadOnlyMemory<byte> Trace(ReadOnlyMemory<byte> record) =>
        record.Slice(HeaderSize + ForeignIdLength(record.Span), TraceLength(record.Span));

    public static ReadOnlyMemory<byte> Metadata(ReadOnlyMemory<byte> record) =>
        record[(HeaderSize + ForeignIdLength(record.Span) + TraceLength(record.Span))..];

    private static long Ticks(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[TimestampOffset..]);

    private static int ForeignIdLength(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt16LittleEndian(record[ForeignIdLengthOffset..]);

    private static int TraceLength(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt16LittleEndian(record[TraceLengthOffset..]);
}
