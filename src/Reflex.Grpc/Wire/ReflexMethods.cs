using Google.Protobuf;
using Grpc.Core;

namespace Reflex.Grpc.Wire;

/// <summary>The methods whose answers come as their bytes, since a message for each event would cost more than all else.</summary>
internal static class ReflexMethods
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(
        (bytes, context) => context.Complete(bytes), context => context.PayloadAsNewBuffer());

    public static Method<V1.StreamRequest, byte[]> Stream { get; } = ServerStreaming<V1.StreamRequest>("reflex.v1.Streams");

    public static Method<Reflexpb.StreamRequest, byte[]> ReflexpbStream { get; } =
        ServerStreaming<Reflexpb.StreamRequest>("reflexpb.Reflex");

    private static Method<TRequest, byte[]> ServerStreaming<TRequest>(string service)
        where TRequest : IMessage<TRequest>, new()
    {
        var parser = new MessageParser<TRequest>(() => new TRequest());
        return new Method<TRequest, byte[]>(
            MethodType.ServerStreaming,
            service,
            "Stream",
            Marshallers.Create(
                (request, context) => context.Complete(request.ToByteArray()),
                context => parser.ParseFrom(context.PayloadAsNewBuffer())),
            Raw);
    }
}
