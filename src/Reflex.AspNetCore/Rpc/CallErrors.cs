using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Rpc;

/// <summary>Turns every exception of a call into its status. The one place where calls end.</summary>
internal sealed partial class CallErrors(
    KnownNames names, IHostApplicationLifetime lifetime, IOptions<ReflexGrpcOptions> options, ILogger<CallErrors> logger)
{
    public const string ReflexpbPackage = "/reflexpb.";

    /// <summary>The same, without the names that the caller may not see.</summary>
    public async Task<RpcException> EncodeAsync(Exception error, ServerCallContext call)
    {
        try
        {
            return Encode(await names.NarrowAsync(call.GetHttpContext(), error), call);
        }
        catch (Exception narrowing) when (narrowing is not RpcException)
        {
            return Encode(narrowing, call);
        }
    }

    /// <summary>The status of a failed call, with the details of the method's package.</summary>
    public RpcException Encode(Exception error, ServerCallContext call)
    {
        if (error is RpcException done && !IsOversize(done))
        {
            return done;
        }

        var status = Describe(error, call);
        if (status.Reason == ErrorReasons.Internal)
        {
            CallFailed(logger, call.Method, ClientName.Of(call), error);
        }
        else
        {
            CallEnded(logger, call.Method, ClientName.Of(call), status.Code, status.Message);
        }

        return Encode(status, call.Method);
    }

    /// <summary>The status of a message over the limit, which the server refuses before any service is asked.</summary>
    public RpcException EncodeOversize(string method) => Encode(Oversize(), method);

    private static bool IsOversize(RpcException error) => error.StatusCode == StatusCode.ResourceExhausted && error.Trailers.Count == 0;

    private RpcException Encode(ErrorStatus status, string method) =>
        method.StartsWith(ReflexpbPackage, StringComparison.Ordinal) || !method.StartsWith("/reflex.v1.", StringComparison.Ordinal)
            ? StatusEncoder.ToReflexpb(status, options.Value.SendHopOnly)
            : StatusEncoder.ToV1(status);

    private ErrorStatus Describe(Exception error, ServerCallContext call)
    {
        if (call.CancellationToken.IsCancellationRequested)
        {
            return call.Deadline <= options.Value.TimeProvider.GetUtcNow().UtcDateTime
                ? new ErrorStatus(StatusCode.DeadlineExceeded, "", "The call's deadline has passed.")
                : new ErrorStatus(StatusCode.Cancelled, "", "The client has cancelled the call.");
        }

        return error switch
        {
            RefusedCallException refused => refused.Status,
            UnauthenticatedException => new ErrorStatus(StatusCode.Unauthenticated, ErrorReasons.Unauthenticated, error.Message),
            AccessDeniedException denied => new ErrorStatus(StatusCode.PermissionDenied, ErrorReasons.AccessDenied, error.Message)
                .With("stream", denied.Stream.Value),
            RpcException => Oversize(),
            OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested =>
                ErrorEncoder.Stopped("The server is stopping; call again, a stream from its last cursor."),
            OperationCanceledException => new ErrorStatus(StatusCode.Cancelled, "", "The call was cancelled."),
            _ => ErrorEncoder.Of(error),
        };
    }

    private ErrorStatus Oversize()
    {
        var limit = options.Value.MaxMessageBytes;
        return ErrorEncoder.TooLarge(
            string.Create(CultureInfo.InvariantCulture, $"A message of the call is over the limit of {limit} bytes: send less in each."),
            limit);
    }
}
