using System.Buffers.Binary;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>Writes events as the messages of a package, each after the header that gRPC puts before every message.</summary>
internal abstract class MessageEventWriter : EventWriter
{
    /// <summary>One byte that says uncompressed, and four of the message's length.</summary>
    protected const int FrameHeaderSize = 5;

    /// <summary>Whether the package has a message that says how far the stream was read without an event.</summary>
    public virtual bool HasPlaces => false;

    /// <summary>Writes such a message.</summary>
    public virtual void WritePlace(Cursor cursor) => throw new NotSupportedException();

    protected static void WriteFrameHeader(Span<byte> header, int length)
    {
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
    }
}
