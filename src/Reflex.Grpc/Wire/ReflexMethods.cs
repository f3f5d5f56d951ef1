using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Reflex.Events;

namespace Reflex.Grpc.Wire;

/// <summary>The methods whose answers are decoded here, since a message object for each event would cost more than all else.</summary>
internal static class ReflexMethods
{
    /// <summary>Whose answers are events already. Malformed ones fail the call.</summary>
    public static Method<V1.StreamRequest, Event[]> Stream { get; } =
        ServerStreaming<V1.StreamRequest, Event[]>("reflex.v1.Streams", Decode);

    /// <summary>Whose answers are bytes yet: which partition they are of, only the caller knows.</summary>
    public static Method<Reflexpb.StreamRequest, byte[]> ReflexpbStream { get; } =
        ServerStreaming<Reflexpb.StreamRequest, byte[]>("reflexpb.Reflex", context => context.PayloadAsNewBuffer());

    private static Method<TRequest, TResponse> ServerStreaming<TRequest, TResponse>(
        string service, Func<DeserializationContext, TResponse> decode)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class
    {
        var parser = new MessageParser<TRequest>(() => new TRequest());
        return new Method<TRequest, TResponse>(
            MethodType.ServerStreaming,
            service,
            "Stream",
            Marshallers.Create(
                (request, context) => context.Complete(request.ToByteArray()),
                context => parser.ParseFrom(context.PayloadAsNewBuffer())),
            Marshallers.Create((_, _) => throw new NotSupportedException("Only the server answers."), decode));
    }

    private static Event[] Decode(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        return StreamMessages.Decode(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray());
    }
}
