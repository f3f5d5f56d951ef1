using Reflex;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Http.Origins;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;


namespace Microsoft.AspNetCore.Builder;

/// <summary>Gives endpoints that an application adds the access control of Reflex's own.</summary>
public static class ReflexAccessEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Lets an endpoint of metrics answer GET and HEAD, of callers only that a policy allows to <c>observe</c>. Without
    /// <c>AddReflexAccess</c>, or while access is off, everybody may. Pages of other origins are refused as by all of Reflex's endpoints.
    /// Needs <c>AddReflexHttp</c>.
    /// </summary>
    /// <param name="endpoint">The endpoint, such as Prometheus' scraping endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static IEndpointConventionBuilder RequireReflexObserve(this IEndpointConventionBuilder endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.IsRead();
        endpoint.Add(static built =>
        {
            var guard = built.ApplicationServices.GetRequiredService<AccessGuard>();
            var log = built.ApplicationServices.GetRequiredService<ProblemLog>();
            var next = built.RequestDelegate!;
            built.RequestDelegate = context => AnswerAsync(context, guard, log, next);
        });
        return endpoint.GuardOrigins();
    }

    private static async Task AnswerAsync(HttpContext context, AccessGuard guard, ProblemLog log, RequestDelegate next)
    {
        try
        {
            await guard.RequireAsync(context, StreamOperations.Observe, stream: null);
        }
        catch (ReflexException error)
        {
            log.Note(context, error);
            await ProblemJson.WriteAsync(context, ProblemMap.Of(error));
            return;
        }

        await next(context);
    }
}
