using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Rpc.Limits;
using Reflex.AspNetCore.Rpc.Services;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Reflex's gRPC services.</summary>
public static class ReflexGrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>reflexpb.Reflex</c>, the services of <c>reflex.v1</c>, and gRPC's health and reflection services, as <c>GRPC.md</c>
    /// describes them. Needs <c>AddReflexGrpc</c>, and an endpoint that speaks HTTP/2.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>The methods of the Reflex services, for conventions such as authorization; not those of health and reflection.</returns>
    public static IEndpointConventionBuilder MapReflexGrpc(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        group.MapGrpcService<StreamsService>().Add(OversizeFilter.Apply);
        group.MapGrpcService<ConsumersService>().Add(OversizeFilter.Apply);
        group.MapGrpcService<CursorsService>().Add(OversizeFilter.Apply);
        group.MapGrpcService<ReflexpbService>().Add(OversizeFilter.Apply);
        endpoints.MapGrpcHealthChecksService();
        endpoints.MapGrpcReflectionService().RequireCaller();
        return group;
    }
}
