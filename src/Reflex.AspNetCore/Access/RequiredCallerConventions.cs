using System.Globalization;
using Grpc.Core;

namespace Reflex.AspNetCore.Access;

/// <summary>Guards gRPC services that aren't about a stream, and don't ask themselves.</summary>
internal static class RequiredCallerConventions
{
    /// <summary>Calls need a valid credential; others end with UNAUTHENTICATED before the service sees them.</summary>
    /// <param name="service">A mapped gRPC service.</param>
    /// <returns>The same service.</returns>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder service)
        where TBuilder : IEndpointConventionBuilder
    {
        service.Add(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = async context =>
            {
                if (await FindFaultAsync(context) is { } fault)
                {
                    Refuse(context.Response, fault);
                    return;
                }

                await next(context);
            };
        });
        return service;
    }

    private static async Task<Status?> FindFaultAsync(HttpContext context)
    {
        try
        {
            await context.RequestServices.GetRequiredService<AccessGuard>().RequireCallerAsync(context);
            return null;
        }
        catch (UnauthenticatedException error)
        {
            return new Status(StatusCode.Unauthenticated, error.Message);
        }
        catch (AuthorityUnavailableException error)
        {
            return new Status(StatusCode.Unavailable, error.Message);
        }
    }

    // What the protocol calls a response of trailers only: the status among the headers, and no body.
    private static void Refuse(HttpResponse response, Status status)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Detail);
    }
}
