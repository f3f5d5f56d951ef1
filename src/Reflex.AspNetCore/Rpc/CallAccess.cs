using System.Net;
using Grpc.Core;
using Reflex.AspNetCore.Access;
using Reflex.Streams;

namespace Reflex.AspNetCore.Rpc;

/// <summary>Who may call what, in the words of gRPC.</summary>
internal static class CallAccess
{
    /// <summary>Lets a caller pass who may do one of the operations on a stream; see <see cref="AccessGuard"/>.</summary>
    public static ValueTask RequireAsync(this AccessGuard access, ServerCallContext call, StreamOperations anyOf, StreamName stream) =>
        access.RequireAsync(call.GetHttpContext(), anyOf, stream);

    /// <summary>Which streams a list may show to the caller; see <see cref="AccessGuard"/>.</summary>
    public static ValueTask<Func<StreamName, bool>> FilterAsync(this AccessGuard access, ServerCallContext call, StreamOperations anyOf) =>
        access.FilterAsync(call.GetHttpContext(), anyOf);

    /// <summary>Lets nobody without a valid credential reach a service of gRPC's own, such as reflection.</summary>
    public static void RequireCaller(EndpointBuilder endpoint)
    {
        var next = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            try
            {
                await context.RequestServices.GetRequiredService<AccessGuard>().RequireCallerAsync(context);
            }
            catch (ReflexException error)
            {
                // An answer of trailers only, which stand among its headers then.
                context.Response.ContentType = "application/grpc";
                var status = error is UnauthenticatedException ? StatusCode.Unauthenticated : StatusCode.Unavailable;
                context.Response.Headers["grpc-status"] = $"{(int)status}";
                context.Response.Headers["grpc-message"] = WebUtility.UrlEncode(error.Message).Replace("+", "%20", StringComparison.Ordinal);
                return;
            }

            await next(context);
        };
    }
}
