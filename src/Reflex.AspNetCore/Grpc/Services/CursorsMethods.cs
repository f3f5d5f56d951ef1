using Grpc.AspNetCore.Server.Model;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>The methods of <c>reflex.v1.Cursors</c>.</summary>
internal sealed class CursorsMethods : IServiceMethodProvider<CursorsService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<CursorsService> context)
    {
        var methods = new RpcMethods<CursorsService>(context, CursorsContract.Descriptor);
        methods.AddUnary(
            "GetCursor", V1.GetCursorRequest.Parser, V1.GetCursorResponse.Parser,
            (s, request, call) => s.GetAsync(request, call));
        methods.AddUnary(
            "SetCursor", V1.SetCursorRequest.Parser, V1.SetCursorResponse.Parser,
            (s, request, call) => s.SetAsync(request, call));
    }
}
