namespace Reflex.AspNetCore.Hosting;

/// <summary>The endpoints of HTTP and gRPC together.</summary>
internal sealed class ReflexEndpoints(IEndpointConventionBuilder http, IEndpointConventionBuilder grpc) : IEndpointConventionBuilder
{
    public void Add(Action<EndpointBuilder> convention)
    {
        http.Add(convention);
        grpc.Add(convention);
    }

    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        http.Finally(finallyConvention);
        grpc.Finally(finallyConvention);
    }
}
