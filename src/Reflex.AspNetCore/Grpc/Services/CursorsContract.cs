using ProtoService = Google.Protobuf.Reflection.ServiceDescriptor;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>The shape by which gRPC's reflection finds the description of <c>reflex.v1.Cursors</c>.</summary>
internal static class CursorsContract
{
    public static ProtoService Descriptor => V1.Cursors.Descriptor;

    internal abstract class Service;
}
