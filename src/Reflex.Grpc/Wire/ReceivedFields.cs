using Reflex.Events;

namespace Reflex.Grpc.Wire;

/// <summary>The fields of a received event, still in its message.</summary>
internal ref struct ReceivedFields
{
    private static readonly long MinSeconds = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
    private static readonly long MaxSeconds = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;

    public long Id;
    public ReadOnlySpan<byte> IdText;
    public int Type;
    public long Ticks;
    public ReadOnlySpan<byte> ForeignId;
    public ReadOnlySpan<byte> Metadata;
    public ReadOnlySpan<byte> Trace;

    /// <summary>What its foreign id, trace and metadata take.</summary>
    public readonly int ContentBytes => ForeignId.Length + Trace.Length + Metadata.Length;

    /// <summary>When it happened.</summary>
    public readonly DateTimeOffset Timestamp => DateTimeOffset.UnixEpoch.AddTicks(Ticks);

    /// <summary>Reads a <c>reflex.v1.Event</c>.</summary>
    public static ReceivedFields ReadV1(ReadOnlySpan<byte> message)
    {
        var fields = default(ReceivedFields);
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | ProtoReader.Varint:
                    fields.Id = (long)reader.ReadVarint();
                    break;
                case (2 << 3) | ProtoReader.Varint:
                    fields.Type = (int)reader.ReadVarint();
                    break;
                case (3 << 3) | ProtoReader.Bytes:
                    fields.Ticks = ReadTimestamp(reader.ReadBytes());
                    break;
                case (4 << 3) | ProtoReader.Bytes:
                    fields.ForeignId = reader.ReadBytes();
                    break;
                case (5 << 3) | ProtoReader.Bytes:
                    fields.Metadata = reader.ReadBytes();
                    break;
                case (6 << 3) | ProtoReader.Bytes:
                    fields.Trace = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        fields.Check();
        return fields;
    }

    /// <summary>Reads a <c>reflexpb.Event</c>.</summary>
    public static ReceivedFields ReadReflexpb(ReadOnlySpan<byte> message)
    {
        var fields = default(ReceivedFields);
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case (3 << 3) | ProtoReader.Varint:
                    fields.Type = (int)reader.ReadVarint();
                    break;
                case (4 << 3) | ProtoReader.Bytes:
                    fields.Ticks = ReadTimestamp(reader.ReadBytes());
                    break;
                case (5 << 3) | ProtoReader.Bytes:
                    fields.ForeignId = reader.ReadBytes();
                    break;
                case (6 << 3) | ProtoReader.Bytes:
                    fields.IdText = reader.ReadBytes();
                    break;
                case (7 << 3) | ProtoReader.Bytes:
                    fields.Metadata = reader.ReadBytes();
                    break;
                case (8 << 3) | ProtoReader.Bytes:
                    fields.Trace = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        fields.Check();
        return fields;
    }

    /// <summary>100 ns since 1970. A time that .NET can't express is malformed.</summary>
    public static long ToTicks(long seconds, long nanos) =>
        seconds >= MinSeconds && seconds <= MaxSeconds && nanos is >= 0 and < 1_000_000_000
        ? (seconds * TimeSpan.TicksPerSecond) + (nanos / TimeSpan.NanosecondsPerTick)
        : throw new InvalidDataException("An event's timestamp is out of range.");

    /// <summary>Refuses an event that no partition could have stored.</summary>
    public readonly void Check()
    {
        if (ForeignId.Length > NewEvent.MaxForeignIdBytes || Trace.Length > NewEvent.MaxTraceBytes)
        {
            throw new InvalidDataException(
                $"An event has a foreign id of {ForeignId.Length} bytes and a trace of {Trace.Length}; "
                + $"the limits are {NewEvent.MaxForeignIdBytes} and {NewEvent.MaxTraceBytes}.");
        }
    }

    private static long ReadTimestamp(ReadOnlySpan<byte> message)
    {
        long seconds = 0;
        long nanos = 0;
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | ProtoReader.Varint:
                    seconds = (long)reader.ReadVarint();
                    break;
                case (2 << 3) | ProtoReader.Varint:
                    nanos = (int)reader.ReadVarint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return ToTicks(seconds, nanos);
    }
}
