using System.Buffers;

namespace Reflex.AspNetCore.Grpc.Receiving;

/// <summary>Counts the fields of a protobuf message before it is read: an object for each can take a hundred times its bytes.</summary>
internal static class MessageFields
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int BytesType = 2;
    private const int Fixed32Type = 5;
    private const int MaxVarintBytes = 10;

    /// <summary>
    /// How many fields of a number a message has, and how many others, those inside of its fields not counted. Of what is malformed only
    /// those before the fault count; it is for the reader to refuse.
    /// </summary>
    public static (int Chosen, int Others) Count(ReadOnlySequence<byte> message, int number)
    {
        var reader = new SequenceReader<byte>(message);
        var chosen = 0;
        var others = 0;
        while (!reader.End && TryReadVarint(ref reader, out var tag) && TrySkip(ref reader, (int)(tag & 7)))
        {
            if (tag >> 3 == (ulong)number)
            {
                chosen++;
            }
            else
            {
                others++;
            }
        }

        return (chosen, others);
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, int type)
    {
        switch (type)
        {
            case VarintType:
                return TryReadVarint(ref reader, out _);
            case Fixed64Type:
                return TryAdvance(ref reader, sizeof(long));
            case Fixed32Type:
                return TryAdvance(ref reader, sizeof(int));
            case BytesType:
                return TryReadVarint(ref reader, out var length) && length <= int.MaxValue && TryAdvance(ref reader, (long)length);
            default:
                // A group's start and end are fields of their own here.
                return type is 3 or 4;
        }
    }

    private static bool TryAdvance(ref SequenceReader<byte> reader, long count)
    {
        if (reader.Remaining < count)
        {
            return false;
        }

        reader.Advance(count);
        return true;
    }

    private static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var i = 0; i < MaxVarintBytes; i++)
        {
            if (!reader.TryRead(out var b))
            {
                return false;
            }

            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
