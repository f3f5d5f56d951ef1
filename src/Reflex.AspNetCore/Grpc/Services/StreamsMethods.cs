using Grpc.AspNetCore.Server.Model;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>The methods of <c>reflex.v1.Streams</c>.</summary>
internal sealed class StreamsMethods : IServiceMethodProvider<StreamsService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<StreamsService> context)
    {
        var methods = new RpcMethods<StreamsService>(context, StreamsContract.Descriptor);
        methods.AddUnary(
            "ListStreams", V1.ListStreamsRequest.Parser, V1.ListStreamsResponse.Parser,
            (s, request, call) => s.ListStreamsAsync(request, call));
        methods.AddUnary(
            "DefineStream", V1.DefineStreamRequest.Parser, V1.DefineStreamResponse.Parser,
            (s, request, call) => s.DefineStreamAsync(request, call));
        methods.AddUnary(
            "DeleteStream", V1.DeleteStreamRequest.Parser, V1.DeleteStreamResponse.Parser,
            (s, request, call) => s.DeleteStreamAsync(request, call));
        methods.AddUnary(
            "GetStream", V1.GetStreamRequest.Parser, V1.GetStreamResponse.Parser, (s, request, call) => s.GetStreamAsync(request, call));
        methods.AddUnary("Append", V1.AppendRequest.Parser, V1.AppendResponse.Parser, (s, request, call) => s.AppendAsync(request, call));
        methods.AddClientStreaming(
            "AppendMany", V1.AppendRequest.Parser, V1.AppendManyResponse.Parser,
            (s, requests, call) => s.AppendManyAsync(requests, call));
        methods.AddServerStreaming(
            "Stream", V1.StreamRequest.Parser, V1.StreamResponse.Parser,
            (s, request, call) => s.StreamAsync(request, call));
    }
}
