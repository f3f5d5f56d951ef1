using System.Buffers.Binary;
using System.Text;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>An event as one block of bytes, for systems without fields: type, length of the foreign id, foreign id, metadata.</summary>
internal static class Payload
{
    private const int HeaderSize = sizeof(int) + 1;

    public static byte[] Encode(in NewEvent e)
    {
        var bytes = new byte[HeaderSize + Encoding.UTF8.GetByteCount(e.ForeignId) + e.Metadata.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, e.Type.Value);
        var length = Encoding.UTF8.GetBytes(e.ForeignId, bytes.AsSpan(HeaderSize));
        bytes[sizeof(int)] = (byte)length;
        e.Metadata.Span.CopyTo(bytes.AsSpan(HeaderSize + length));
        return bytes;
    }

    public static void Decode(ReadOnlySpan<byte> bytes, EventHandler handle)
    {
        var end = HeaderSize + bytes[sizeof(int)];
        handle(BinaryPrimitives.ReadInt32LittleEndian(bytes), bytes[HeaderSize..end], bytes[end..]);
    }
}
