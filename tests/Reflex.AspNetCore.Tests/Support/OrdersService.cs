using Google.Protobuf;
using Grpc.Core;
using Reflex.AspNetCore.Grpc;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A service as an application writes it, with one line for its method.</summary>
[BindServiceMethod(typeof(OrdersService), nameof(Bind))]
public class OrdersService
{
    public static Method<Reflexpb.StreamRequest, Reflexpb.Event> StreamOrdersMethod { get; } = new(
        MethodType.ServerStreaming,
        "orders.Orders",
        nameof(StreamOrders),
        Marshallers.Create(request => request.ToByteArray(), Reflexpb.StreamRequest.Parser.ParseFrom),
        Marshallers.Create(e => e.ToByteArray(), Reflexpb.Event.Parser.ParseFrom));

    public static StreamFunc? Orders { get; set; }

    public static void Bind(ServiceBinderBase binder, OrdersService service) =>
        binder.AddMethod(StreamOrdersMethod, (ServerStreamingServerMethod<Reflexpb.StreamRequest, Reflexpb.Event>?)null);

    public virtual Task StreamOrders(
        Reflexpb.StreamRequest request, IServerStreamWriter<Reflexpb.Event> responses, ServerCallContext call) =>
        StreamServer.ServeAsync(Orders!, request, call);
}
