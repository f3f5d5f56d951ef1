using Reflex.AspNetCore.Http.Access;
using Reflex.AspNetCore.Http.Consumers;
using Reflex.AspNetCore.Http.Events;
using Reflex.AspNetCore.Http.Health;
using Reflex.AspNetCore.Http.Origins;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Streams;


namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Reflex's HTTP endpoints.</summary>
public static class ReflexHttpEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>/streams</c>, <c>/consumers</c> and <c>/health</c>, as <c>HTTP.md</c> describes them. Needs <c>AddReflexHttp</c>. With
    /// <c>AddReflexAccess</c> all but <c>/health</c> need a credential.
    /// </summary>
    /// <param name="endpoints">The application, or a group that gives the paths a prefix.</param>
    /// <returns>The endpoints of <c>/streams</c> and <c>/consumers</c>, for conventions such as authorization.</returns>
    public static IEndpointConventionBuilder MapReflexHttp(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("").AddEndpointFilter<RouteGroupBuilder, ProblemFilter>()
            .AddEndpointFilter<RouteGroupBuilder, AccessFilter>()
            .GuardOrigins();
        StreamEndpoints.Map(group);
        EventEndpoints.Map(group);
        ConsumerEndpoints.Map(group);
        HealthEndpoints.Map(endpoints);
        return group;
    }
}
