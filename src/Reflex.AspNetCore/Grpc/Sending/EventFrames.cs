using System.Buffers.Binary;
using Reflex.AspNetCore.Reading;
using Reflex.Events;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>Writes events as the messages of a package, each after the header that gRPC puts before every message.</summary>
internal abstract class EventFrames : IDisposable
{
    /// <summary>One byte that says uncompressed, and four of the message's length.</summary>
    protected const int FrameHeaderSize = 5;

    public ResponseBuffer Buffer { get; } = new();

    /// <summary>Adds an event. When it fails, the buffer is as before.</summary>
    public abstract void Add(Event e);

    /// <summary>Ends the message that events are being added to; afterwards the buffer may be sent.</summary>
    public abstract void Complete();

    public void Dispose() => Buffer.Dispose();

    protected static void WriteFrameHeader(Span<byte> header, int length)
    {
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
    }
}
