using Grpc.AspNetCore.Server.Model;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>The methods of <c>reflex.v1.Consumers</c>.</summary>
internal sealed class ConsumersMethods : IServiceMethodProvider<ConsumersService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<ConsumersService> context)
    {
        var methods = new RpcMethods<ConsumersService>(context, ConsumersContract.Descriptor);
        methods.AddUnary(
            "ListConsumers", V1.ListConsumersRequest.Parser, V1.ListConsumersResponse.Parser,
            (s, request, call) => s.ListAsync(request, call));
        methods.AddUnary(
            "GetConsumer", V1.GetConsumerRequest.Parser, V1.GetConsumerResponse.Parser, (s, request, call) => s.GetAsync(request, call));
        methods.AddUnary(
            "StartConsumer", V1.StartConsumerRequest.Parser, V1.StartConsumerResponse.Parser,
            (s, request, call) => s.StartAsync(request, call));
        methods.AddUnary(
            "StopConsumer", V1.StopConsumerRequest.Parser, V1.StopConsumerResponse.Parser,
            (s, request, call) => s.StopAsync(request, call));
        methods.AddUnary(
            "RetryConsumer", V1.RetryConsumerRequest.Parser, V1.RetryConsumerResponse.Parser,
            (s, request, call) => s.RetryAsync(request, call));
        methods.AddUnary(
            "SkipEvent", V1.SkipEventRequest.Parser, V1.SkipEventResponse.Parser, (s, request, call) => s.SkipAsync(request, call));
        methods.AddUnary(
            "SetConsumerCursor",
            V1.SetConsumerCursorRequest.Parser,
            V1.SetConsumerCursorResponse.Parser,
            (s, request, call) => s.SetCursorAsync(request, call));
        methods.AddUnary(
            "RemoveConsumer", V1.RemoveConsumerRequest.Parser, V1.RemoveConsumerResponse.Parser,
            (s, request, call) => s.RemoveAsync(request, call));
    }
}
