using ProtoService = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>The shape by which gRPC's reflection finds the description of <c>reflexpb.Reflex</c>.</summary>
internal static class ReflexpbContract
{
    public static ProtoService Descriptor => global::Reflexpb.Reflex.Descriptor;

    internal abstract class Service;
}
