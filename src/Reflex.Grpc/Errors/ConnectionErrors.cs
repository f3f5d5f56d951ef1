using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Reflex.Grpc.Errors;

/// <summary>
/// Makes the error of a call that its server didn't answer as a Reflex server does: a sentence that names the server, says what
/// happened and what to do. What may pass by itself is a <see cref="ClusterUnavailableException"/>.
/// </summary>
internal static class ConnectionErrors
{
    private const string Later = "try again a little later";
    private const string LookAtAddress = "look whether this is the address of its gRPC endpoint";

    // How Grpc.Net.Client begins the text of a status that it made of an HTTP response, for which it has no type.
    private const string NotGrpc = "Bad gRPC response. ";

    // How .NET says that a server which has spoken HTTP/2 says nothing more, with the error code of one that doesn't speak it.
    private const string Silent = "didn't respond to a ping";

    /// <summary>The error, when it is one of the connection or of what answers there; null when a server has refused the call.</summary>
    public static Exception? Of(RpcException error, in CallContext context)
    {
        var cause = error.Status.DebugException;
        if (Find<SocketException>(cause) is { } socket)
        {
            return Passing(error, context, OfSocket(socket, context.ServerName));
        }

        if (Find<AuthenticationException>(cause) is { } tls)
        {
            return Lasting(
                error,
                context,
                $"TLS with {context.ServerName} failed ({Innermost(tls).Message.TrimEnd('.')}): look whether it speaks TLS "
                + "there (if not, its address begins with http://), and whether this machine trusts its certificate.");
        }

        if (Find<HttpProtocolException>(cause) is { } protocol && IsNotHttp2(protocol))
        {
            return Lasting(error, context, $"{context.ServerName} doesn't speak HTTP/2 there, as gRPC does: {LookAtAddress}.");
        }

        // One without a cause is of a connection that was given up before the call had got it.
        if (Find<HttpRequestException>(cause) is { } request
            && (request.HttpRequestError == HttpRequestError.InvalidResponse
                || request is { HttpRequestError: HttpRequestError.Unknown, InnerException: null }))
        {
            return Passing(
                error,
                context,
                $"{context.ServerName} closes the connection before it says a word of HTTP/2: look whether it speaks TLS there "
                + $"(if so, its address begins with https://), or {Later}.");
        }

        // Without a word of its own this is how a connection that isn't there in time ends.
        if (Find<OperationCanceledException>(cause) is not null)
        {
            return Passing(error, context, $"{context.ServerName} didn't answer in time; {Later}.");
        }

        return ((Exception?)Find<IOException>(cause) ?? Find<HttpRequestException>(cause)) is { } broken
            ? Passing(error, context, $"the connection to {context.ServerName} broke ({broken.Message.TrimEnd('.')}); {Later}.")
            : OfStatus(error, context);
    }

    private static Exception? OfStatus(RpcException error, in CallContext context)
    {
        var text = error.Status.Detail;
        var isOther = text.StartsWith(NotGrpc, StringComparison.Ordinal);
        switch (error.StatusCode)
        {
            case StatusCode.DeadlineExceeded:
                return Passing(error, context, $"{context.ServerName} didn't answer in time{InBrackets(text)}; {Later}.");
            case StatusCode.Unavailable:
                return Passing(
                    error, context, $"{context.ServerName} can't serve now{InBrackets(isOther ? text[NotGrpc.Length..] : text)}; {Later}.");
            case StatusCode.Cancelled when !isOther:
                return Passing(error, context, $"{context.ServerName} broke the call off{InBrackets(text)}; {Later}.");
            default:
                return isOther
                    ? Lasting(
                        error,
                        context,
                        $"{context.ServerName} answers, but not with gRPC ({text[NotGrpc.Length..]}): {LookAtAddress}.")
                    : null;
        }
    }

    private static string OfSocket(SocketException error, string server) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{server} refuses the connection: look whether it runs there, or {Later}.",
        SocketError.HostNotFound or SocketError.NoData => $"the host of {server} isn't known: look at its name, or {Later}.",
        SocketError.TryAgain => $"the host of {server} can't be looked up now; {Later}.",
        SocketError.TimedOut => $"{server} didn't answer in time; {Later}.",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown =>
            $"no network leads to {server}; {Later}.",
        _ => $"the connection to {server} broke ({error.Message.TrimEnd('.')}); {Later}.",
    };

    /// <summary>Whether the other side has said, or shown, that it speaks another protocol.</summary>
    private static bool IsNotHttp2(HttpProtocolException error)
    {
        const long ProtocolError = 0x1;
        const long Http11Required = 0xd;
        return error.ErrorCode is ProtocolError or Http11Required
            && !error.Message.Contains(Silent, StringComparison.Ordinal);
    }

    private static ReflexException Passing(RpcException error, in CallContext context, string why) =>
        KnownErrors.Make(ErrorCode.Unavailable.Reason, $"Could not {context.What}: {why}", ErrorFacts.None, context.What, error)!;

    private static RemoteCallException Lasting(RpcException error, in CallContext context, string why) =>
        new($"Could not {context.What}: {why}", error.StatusCode.ToString(), isTransient: false, error);

    private static string InBrackets(string text) => text.Length == 0 ? "" : $" ({text})";

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;

    private static T? Find<T>(Exception? error)
        where T : Exception => error is null or T ? (T?)error : Find<T>(error.InnerException);
}
