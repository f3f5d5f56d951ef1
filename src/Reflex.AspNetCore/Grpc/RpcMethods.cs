using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using ProtoService = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Reflex.AspNetCore.Grpc;

/// <summary>Adds a service's methods to the server, so that each reads its messages and ends its calls in the same way.</summary>
/// <remarks>
/// Not by the generated service bases: the server parses the request of a unary call before any interceptor runs, so that a broken message
/// would be an error of the server's own, without the details that GRPC.md promises, and one that nobody may send would be read whole.
/// </remarks>
internal sealed class RpcMethods<TService>(ServiceMethodProviderContext<TService> methods, ProtoService descriptor)
    where TService : class, IRpcService
{
    private static readonly HttpMethodMetadata Posted = new([HttpMethods.Post], acceptCorsPreflight: true);

    public void AddUnary<TRequest, TResponse>(
        string name,
        MessageParser<TRequest> requests,
        MessageParser<TResponse> responses,
        Func<TService, TRequest, ServerCallContext, Task<TResponse>> callAsync)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        methods.AddUnaryMethod(Describe(MethodType.Unary, name, requests, responses), [Posted], async (service, request, call) =>
        {
            try
            {
                return await callAsync(service, request.Message, call);
            }
            catch (Exception error)
            {
                throw await service.Errors.EncodeAsync(error, call);
            }
        });

    public void AddClientStreaming<TRequest, TResponse>(
        string name,
        MessageParser<TRequest> requests,
        MessageParser<TResponse> responses,
        Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> callAsync)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        methods.AddClientStreamingMethod(
            Describe(MethodType.ClientStreaming, name, requests, responses), [Posted], async (service, received, call) =>
            {
                try
                {
                    return await callAsync(service, new ReceivedMessages<TRequest>(received, call), call);
                }
                catch (Exception error)
                {
                    throw await service.Errors.EncodeAsync(error, call);
                }
            });

    /// <summary>
    /// A method whose responses are events, which are written past gRPC's own writer: see <see cref="Sending.EventSender"/>.
    /// </summary>
    public void AddServerStreaming<TRequest, TResponse>(
        string name,
        MessageParser<TRequest> requests,
        MessageParser<TResponse> responses,
        Func<TService, TRequest, ServerCallContext, Task> callAsync)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        methods.AddServerStreamingMethod(
            Describe(MethodType.ServerStreaming, name, requests, responses), [Posted], async (service, request, _, call) =>
            {
                try
                {
                    await callAsync(service, request.Message, call);
                }
                catch (Exception error)
                {
                    throw await service.Errors.EncodeAsync(error, call);
                }
            });

    /// <inheritdoc cref="AddServerStreaming"/>
    public void AddDuplex<TRequest, TResponse>(
        string name,
        MessageParser<TRequest> requests,
        MessageParser<TResponse> responses,
        Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task> callAsync)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        methods.AddDuplexStreamingMethod(
            Describe(MethodType.DuplexStreaming, name, requests, responses), [Posted], async (service, received, _, call) =>
            {
                try
                {
                    await callAsync(service, new ReceivedMessages<TRequest>(received, call), call);
                }
                catch (Exception error)
                {
                    throw await service.Errors.EncodeAsync(error, call);
                }
            });

    private Method<ReceivedMessage<TRequest>, TResponse> Describe<TRequest, TResponse>(
        MethodType type, string name, MessageParser<TRequest> requests, MessageParser<TResponse> responses)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        // Unknown fields would become objects that nobody counts, two bytes of a message each.
        var parser = requests.WithDiscardUnknownFields(true);
        return new(
            type,
            descriptor.FullName,
            name,
            Marshallers.Create<ReceivedMessage<TRequest>>(
                (_, _) => throw new NotSupportedException("Requests are only read here."),
                context => ReceivedMessage<TRequest>.Read(parser, context)),
            Marshallers.Create(Write, context => responses.ParseFrom(context.PayloadAsReadOnlySequence())));
    }

    private static void Write<TResponse>(TResponse message, SerializationContext context)
        where TResponse : class, IMessage<TResponse>
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }
}
