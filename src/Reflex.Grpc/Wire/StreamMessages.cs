using System.Text;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Grpc.Wire;

/// <summary>Makes events of what a <c>reflex.v1</c> stream sends, without an object for each message in it.</summary>
internal static class StreamMessages
{
    private const uint After = (1 << 3) | ProtoReader.Bytes;
    private const uint Partition = (2 << 3) | ProtoReader.Varint;
    private const uint Events = (3 << 3) | ProtoReader.Bytes;
    private const uint Epoch = (4 << 3) | ProtoReader.Varint;

    /// <summary>Decodes a <c>StreamResponse</c>.</summary>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public static StreamedEvents Decode(ReadOnlySpan<byte> message)
    {
        var (count, partition, epoch, others) = ReadHead(message);
        if (partition is < 0 or >= Cursor.MaxPartitions || (others.Places > 1 && partition >= others.Places))
        {
            throw new InvalidDataException($"The cursor {others} has no place for the partition {partition}.");
        }

        if (count == 0)
        {
            return new StreamedEvents([], others.IsEmpty ? default(Cursor?) : others);
        }

        var events = new Event[count];
        var received = new ReceivedEvents(partition, epoch, others, count, message.Length);
        var reader = new ProtoReader(message);
        for (var i = 0; reader.TryReadTag(out var tag);)
        {
            if (tag != Events)
            {
                reader.Skip(tag);
                continue;
            }

            var fields = ReceivedFields.ReadV1(reader.ReadBytes());
            if (fields.Id is < 1 or long.MaxValue)
            {
                throw new InvalidDataException($"An event has the id {fields.Id}.");
            }

            events[i++] = received.Add(
                new EventId(fields.Id), fields.Type, fields.Timestamp, fields.ForeignId, fields.Trace, fields.Metadata);
        }

        return new StreamedEvents(events);
    }

    private static (int Count, int Partition, long Epoch, Cursor After) ReadHead(ReadOnlySpan<byte> message)
    {
        var count = 0;
        var partition = 0;
        var epoch = 0L;
        var after = Cursor.Empty;
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case After:
                    var text = Encoding.UTF8.GetString(reader.ReadBytes());
                    after = Cursor.TryParse(text, out var parsed)
                        ? parsed
                        : throw new InvalidDataException($"'{text}' is not a cursor.");
                    break;
                case Partition:
                    partition = (int)reader.ReadVarint();
                    break;
                case Epoch:
                    epoch = unchecked((long)reader.ReadVarint());
                    break;
                case Events:
                    reader.ReadBytes();
                    count++;
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return (count, partition, epoch, after);
    }
}
