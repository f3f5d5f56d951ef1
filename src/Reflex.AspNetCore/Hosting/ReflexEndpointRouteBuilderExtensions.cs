using Reflex.AspNetCore.Hosting;


namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps all of Reflex's endpoints.</summary>
public static class ReflexEndpointRouteBuilderExtensions
{
    /// <summary>Maps <c>MapReflexHttp</c> and <c>MapReflexGrpc</c>. Needs <c>AddReflexEndpoints</c>.</summary>
    /// <remarks>
    /// Without TLS, HTTP/1 and HTTP/2 can't share a port: give the server an endpoint for each, the one for gRPC with the protocols
    /// <c>Http2</c>.
    /// </remarks>
    /// <param name="endpoints">The application.</param>
    /// <returns>The endpoints, for conventions such as authorization; not those of health and reflection.</returns>
    public static IEndpointConventionBuilder MapReflex(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return new ReflexEndpoints(endpoints.MapReflexHttp(), endpoints.MapReflexGrpc());
    }
}
