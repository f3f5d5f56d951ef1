using Reflex.AspNetCore.Grpc.Receiving;
using Reflex.AspNetCore.Grpc.Services;
using Reflex.AspNetCore.Http.Origins;


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
        var group = endpoints.MapGroup("").GuardCallOrigins();
        ((IEndpointConventionBuilder)group).Add(LeaveUnknownServices);
        group.MapGrpcService<StreamsService>().Admit(CallRules.Reflex);
        group.MapGrpcService<ConsumersService>().Admit(CallRules.Reflex);
        group.MapGrpcService<CursorsService>().Admit(CallRules.Reflex);
        group.MapGrpcService<ReflexpbService>().Admit(CallRules.Reflex);
        endpoints.MapGrpcHealthChecksService().Admit(CallRules.Health).GuardCallOrigins();
        endpoints.MapGrpcReflectionService().Admit(CallRules.Reflection).GuardCallOrigins();
        return group;
    }

    // What answers calls of unknown services would take every path of two parts, with any method, from HTTP's endpoints: another method
    // than theirs would be an unknown path. The calls end as before, since clients take HTTP's 404 for UNIMPLEMENTED.
    private static void LeaveUnknownServices(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern: var path } && path.GetParameter("unimplementedService") is not null)
        {
            endpoint.Metadata.Add(new SuppressMatchingMetadata());
        }
    }
}
