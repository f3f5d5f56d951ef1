using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Reflex.AspNetCore.Http.Problems;

namespace Reflex.AspNetCore.Http.Origins;

/// <summary>Guards endpoints against pages of others, before anything of a request is read and before it is asked who calls.</summary>
internal static class OriginConventions
{
    /// <summary>Refuses foreign requests with a problem, and tells browsers what allowed origins may.</summary>
    /// <param name="endpoints">Endpoints of HTTP, whose methods have been said.</param>
    /// <returns>The same endpoints.</returns>
    public static TBuilder GuardOrigins<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint =>
        {
            var guard = endpoint.ApplicationServices.GetRequiredService<OriginGuard>();
            var cors = endpoint.ApplicationServices.GetRequiredService<ICorsService>();
            var next = endpoint.RequestDelegate!;
            foreach (var methods in endpoint.Metadata.OfType<HttpMethodMetadata>())
            {
                methods.AcceptCorsPreflight = guard.AllowsOthers;
            }

            endpoint.RequestDelegate = context => AnswerAsync(context, guard, cors, next);
        });
        return endpoints;
    }

    /// <summary>Ends foreign calls with PERMISSION_DENIED. No origin is allowed there: browsers can't make calls of gRPC.</summary>
    /// <param name="methods">Methods of gRPC.</param>
    /// <returns>The same methods.</returns>
    public static TBuilder GuardCallOrigins<TBuilder>(this TBuilder methods)
        where TBuilder : IEndpointConventionBuilder
    {
        methods.Add(method =>
        {
            var guard = method.ApplicationServices.GetRequiredService<OriginGuard>();
            var next = method.RequestDelegate!;
            method.RequestDelegate = context => guard.IsForeign(context.Request) ? RefuseCall(context.Response) : next(context);
        });
        return methods;
    }

    private static Task AnswerAsync(HttpContext context, OriginGuard guard, ICorsService cors, RequestDelegate next)
    {
        if (guard.IsForeignHost(context))
        {
            return ProblemJson.WriteAsync(context, OriginProblems.ForeignHost(context.Request));
        }

        if (guard.IsForeign(context.Request))
        {
            return ProblemJson.WriteAsync(context, OriginProblems.ForeignOrigin(context.Request));
        }

        if (!guard.AllowsOthers || context.Request.Headers.Origin.Count == 0)
        {
            return next(context);
        }

        var result = cors.EvaluatePolicy(context, guard.Policy);
        cors.ApplyResult(result, context.Response);
        if (!result.IsPreflightRequest)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return result.IsOriginAllowed ? Task.CompletedTask : ProblemJson.WriteAsync(context, OriginProblems.ForeignOrigin(context.Request));
    }

    // What the protocol calls a response of trailers only: the status among the headers, and no body.
    private static Task RefuseCall(HttpResponse response)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)StatusCode.PermissionDenied).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString("The call comes from a page of another origin, which may do nothing here.");
        return Task.CompletedTask;
    }
}
