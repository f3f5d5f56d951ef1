using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Reflex.AspNetCore.Http.Origins;
using Reflex.AspNetCore.Http.Requests;

namespace Reflex.AspNetCore.Http.Health;

/// <summary>Live: the process answers. Ready: so does the cluster. 200 or 503, with the reasons as JSON.</summary>
internal static class HealthEndpoints
{
    public const string ReadyTag = "ready";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks(
            "/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = HealthAnswer.WriteAsync })
            .IsRead().GuardOrigins();
        endpoints.MapHealthChecks(
            "/health/ready",
            new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag), ResponseWriter = HealthAnswer.WriteAsync })
            .IsRead().GuardOrigins();
    }
}
