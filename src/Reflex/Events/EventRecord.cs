using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Reflex.Events;

/// <summary>The bytes of one event inside a batch. The layout is part of the format in <c>Storage/BATCH.md</c>.</summary>
internal static class EventRecord
{
    public const int HeaderSize = 20;

    private const int KeySizeSize = 2;
    private const ushort KeyFollowsFlag = 0x8000;
    private const int TypeOffset = 4;
    private const int TimestampOffset = 8;
    private const int ForeignIdLengthOffset = 16;
    private const int TraceLengthOffset = 18;

    /// <summary>The size of an event's record.</summary>
    /// <exception cref="ArgumentException">The foreign id or the key is no text, or the key is empty or too long.</exception>
    public static int Measure(in NewEvent e, string? key = null) =>
        HeaderSize + EventLimits.MeasureForeignId(e) + e.Trace.Length + e.Metadata.Length
        + (key is null ? 0 : KeySizeSize + EventLimits.MeasureKey(key));

    /// <summary>Writes the record and returns its size. The destination is at least <see cref="Measure"/> bytes.</summary>
    public static int Write(
        Span<byte> destination, in NewEvent e, DateTimeOffset timestamp, ReadOnlySpan<byte> trace, string? key = null)
    {
        var foreignIdLength = Encoding.UTF8.GetBytes(e.ForeignId, destination[HeaderSize..]);
        var traceField = trace.Length;
        var end = HeaderSize + foreignIdLength + trace.Length;
        trace.CopyTo(destination[(HeaderSize + foreignIdLength)..]);
        if (key is not null)
        {
            traceField |= KeyFollowsFlag;
            var keyLength = Encoding.UTF8.GetBytes(key, destination[(end + KeySizeSize)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(destination[end..], (ushort)keyLength);
            end += KeySizeSize + keyLength;
        }

        var size = end + e.Metadata.Length;
        BinaryPrimitives.WriteInt32LittleEndian(destination, size);
        BinaryPrimitives.WriteInt32LittleEndian(destination[TypeOffset..], e.Type.Value);
        BinaryPrimitives.WriteInt64LittleEndian(destination[TimestampOffset..], (timestamp - DateTimeOffset.UnixEpoch).Ticks);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ForeignIdLengthOffset..], (ushort)foreignIdLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[TraceLengthOffset..], (ushort)traceField);
        e.Metadata.Span.CopyTo(destination[end..]);
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

    /// <summary>Writes a record without its key, and returns its size then. The destination is at least as long as the record.</summary>
    public static int WriteWithoutKey(Span<byte> destination, ReadOnlySpan<byte> record)
    {
        var (keyOffset, metadataOffset) = (KeyOffset(record), MetadataOffset(record));
        record[..keyOffset].CopyTo(destination);
        record[metadataOffset..].CopyTo(destination[keyOffset..]);
        var size = record.Length - (metadataOffset - keyOffset);
        BinaryPrimitives.WriteInt32LittleEndian(destination, size);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[TraceLengthOffset..], (ushort)TraceLength(record));
        return size;
    }

    /// <summary>
    /// The size of the well-formed record at the start of <paramref name="source"/>, or 0 if there is none, or one with a key.
    /// </summary>
    public static int Validate(ReadOnlySpan<byte> source) =>
        source.Length >= HeaderSize ? ValidateParts(source, TraceField(source), keySize: 0) : 0;

    /// <summary>The size of the well-formed record at the start of <paramref name="source"/>, or 0 if there is none.</summary>
    public static int ValidateKeyed(ReadOnlySpan<byte> source, out bool isKeyed)
    {
        isKeyed = source.Length >= HeaderSize && IsKeyed(source);
        if (!isKeyed)
        {
            return Validate(source);
        }

        var offset = KeyOffset(source) + KeySizeSize;
        if (offset > source.Length || KeyLength(source) is < 1 or > EventLimits.MaxKeyBytes || KeyLength(source) > source.Length - offset)
        {
            return 0;
        }

        return Utf8.IsValid(source.Slice(offset, KeyLength(source)))
            ? ValidateParts(source, TraceLength(source), KeySizeSize + KeyLength(source))
            : 0;
    }

    public static int Size(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static EventType Type(ReadOnlySpan<byte> record) =>
        new(BinaryPrimitives.ReadInt32LittleEndian(record[TypeOffset..]));

    public static DateTimeOffset Timestamp(ReadOnlySpan<byte> record) => DateTimeOffset.UnixEpoch.AddTicks(Ticks(record));

    public static ReadOnlySpan<byte> ForeignId(ReadOnlySpan<byte> record) => record.Slice(HeaderSize, ForeignIdLength(record));

    public static ReadOnlyMemory<byte> Trace(ReadOnlyMemory<byte> record) =>
        record.Slice(HeaderSize + ForeignIdLength(record.Span), TraceLength(record.Span));

    public static ReadOnlyMemory<byte> Metadata(ReadOnlyMemory<byte> record) => record[MetadataOffset(record.Span)..];

    /// <summary>Whether the record has a key.</summary>
    public static bool IsKeyed(ReadOnlySpan<byte> record) => (TraceField(record) & KeyFollowsFlag) != 0;

    /// <summary>The key's UTF-8; empty when the record has none.</summary>
    public static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> record) =>
        IsKeyed(record) ? record.Slice(KeyOffset(record) + KeySizeSize, KeyLength(record)) : [];

    private static int ValidateParts(ReadOnlySpan<byte> source, int traceLength, int keySize)
    {
        var size = Size(source);
        var foreignIdLength = ForeignIdLength(source);
        var variable = HeaderSize + foreignIdLength + traceLength + keySize;
        return size >= variable && size <= source.Length
            && foreignIdLength <= NewEvent.MaxForeignIdBytes && traceLength <= NewEvent.MaxTraceBytes
            && Ticks(source) + DateTimeOffset.UnixEpoch.Ticks is >= 0 and <= 3155378975999999999 /* 9999-12-31 */
            && Utf8.IsValid(source.Slice(HeaderSize, foreignIdLength))
            ? size
            : 0;
    }

    private static long Ticks(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[TimestampOffset..]);

    private static int ForeignIdLength(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt16LittleEndian(record[ForeignIdLengthOffset..]);

    private static int TraceLength(ReadOnlySpan<byte> record) => TraceField(record) & ~KeyFollowsFlag;

    private static int TraceField(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt16LittleEndian(record[TraceLengthOffset..]);

    private static int KeyOffset(ReadOnlySpan<byte> record) => HeaderSize + ForeignIdLength(record) + TraceLength(record);

    private static int KeyLength(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt16LittleEndian(record[KeyOffset(record)..]);

    private static int MetadataOffset(ReadOnlySpan<byte> record) =>
        KeyOffset(record) + (IsKeyed(record) ? KeySizeSize + KeyLength(record) : 0);
}
