using ProtoService = Google.Protobuf.Reflection.ServiceDescriptor;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>The shape by which gRPC's reflection finds the description of <c>reflex.v1.Streams</c>.</summary>
internal static class StreamsContract
{
    public static ProtoService Descriptor => V1.Streams.Descriptor;

    internal abstract class Service;
}
