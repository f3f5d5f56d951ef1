using System.Buffers.Binary;
using Reflex.AspNetCore.Reading;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>Writes events as the messages of a package, each after the header that gRPC puts before every message.</summary>
internal abstract class MessageEventWriter : EventWriter
{
    /// <summary>One byte that says uncompressed, and four of the message's length.</summary>
    protected const int FrameHeaderSize = 5;

    protected static void WriteFrameHeader(Span<byte> header, int length)
    {
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
    }
}
