using Grpc.AspNetCore.Server.Model;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>The methods of <c>reflexpb.Reflex</c>.</summary>
internal sealed class ReflexpbMethods : IServiceMethodProvider<ReflexpbService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<ReflexpbService> context)
    {
        var methods = new RpcMethods<ReflexpbService>(context, ReflexpbContract.Descriptor);
        methods.AddServerStreaming(
            "Stream", Reflexpb.StreamRequest.Parser, Reflexpb.Event.Parser, (s, request, call) => s.StreamAsync(request, call));
        methods.AddDuplex(
            "Consume", Reflexpb.ConsumeRequest.Parser, Reflexpb.Event.Parser, (s, requests, call) => s.ConsumeAsync(requests, call));
    }
}
