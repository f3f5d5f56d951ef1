using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Reflex.AspNetCore.Http.Origins;
using Reflex.AspNetCore.Http.Requests;

namespace Reflex.AspNetCore.Http.Health;

/// <summary>
/// Live: the process answers. Ready: so does the cluster. Problems: nobody has to look at anything. 200 or 503, with the reasons as JSON.
/// </summary>
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
        endpoints.Map("/health/problems", AnswerProblemsAsync).IsRead().GuardOrigins();
    }

    private static async Task AnswerProblemsAsync(HttpContext context)
    {
        var report = await context.RequestServices.GetRequiredService<Problems>().FindAsync(context.RequestAborted);
        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store, no-cache";
        await HealthAnswer.WriteAsync(context, report);
    }
}
