using System.Net;
using Grpc.Core;

namespace Reflex.Cluster.Tests.History;

/// <summary>Which errors a client may get while something is broken.</summary>
internal static class Failures
{
    /// <summary>The error's type, with its status where it has one.</summary>
    public static string Name(Exception error) => error switch
    {
        HttpRequestException { StatusCode: { } status } => $"HTTP {(int)status}",
        RpcException { StatusCode: var status } => $"gRPC {status}",
        _ => error.GetType().Name,
    };

    /// <summary>Whether the error says that the same call may succeed later, or nobody answered.</summary>
    public static bool MayPass(Exception error) => error switch
    {
        ReflexException reflex => reflex.IsTransient,
        OperationCanceledException or TimeoutException or IOException => true,
        HttpRequestException { StatusCode: { } status } => status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
        HttpRequestException => true,

        // A status that the client has made of a broken connection, whatever it calls it.
        RpcException { Status.DebugException: HttpRequestException or IOException } => true,
        RpcException { StatusCode: var status } => status is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded,
        _ => false,
    };
}
