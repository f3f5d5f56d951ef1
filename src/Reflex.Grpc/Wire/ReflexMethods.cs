using System.Buffers;
using Google.Protobuf;
using Grpc.Core;

namespace Reflex.Grpc.Wire;

/// <summary>The methods whose answers are decoded here, since a message object for each event would cost more than all else.</summary>
internal static class ReflexMethods
{
    /// <summary>The stream method of <c>reflex.v1</c>: its answers are decoded, and a malformed one fails the call.</summary>
    public static Method<V1.StreamRequest, StreamedEvents> Stream { get; } =
        ServerStreaming<V1.StreamRequest, StreamedEvents>("reflex.v1.Streams", Decode);

    /// <summary>The stream method of <c>reflexpb</c>: its answers stay bytes, as only the caller knows their partition.</summary>
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

    private static StreamedEvents Decode(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        return StreamMessages.Decode(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray());
    }
}
