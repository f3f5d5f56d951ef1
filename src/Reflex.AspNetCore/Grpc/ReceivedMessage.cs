using Google.Protobuf;
using Grpc.Core;

namespace Reflex.AspNetCore.Grpc;

/// <summary>A message as it came, which may be none: an error while it is read would be logged as the server's own.</summary>
internal sealed class ReceivedMessage<T>
    where T : class, IMessage<T>
{
    private readonly T? _message;
    private readonly string _fault = "";

    private ReceivedMessage(T message) => _message = message;

    private ReceivedMessage(string fault) => _fault = fault;

    /// <summary>What the caller has sent.</summary>
    /// <exception cref="FormatException">The bytes that came are no such message.</exception>
    public T Message => _message ?? throw new FormatException($"The bytes that came are no {typeof(T).Name}: {_fault}");

    public static ReceivedMessage<T> Read(MessageParser<T> parser, DeserializationContext context)
    {
        try
        {
            return new ReceivedMessage<T>(parser.ParseFrom(context.PayloadAsReadOnlySequence()));
        }
        catch (InvalidProtocolBufferException error)
        {
            return new ReceivedMessage<T>(error.Message);
        }
    }
}
