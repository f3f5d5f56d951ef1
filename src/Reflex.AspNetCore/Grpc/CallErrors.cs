using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Grpc.Receiving;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Grpc;

/// <summary>Turns every exception of a call into its status. The one place where calls end.</summary>
internal sealed partial class CallErrors(
    KnownNames names, IHostApplicationLifetime lifetime, IOptions<ReflexGrpcOptions> options, ILogger<CallErrors> logger)
{
    private const string V1Package = "/reflex.v1.";

    // gRPC's own services, such as reflection, whose clients know no details.
    private const string GrpcPackage = "/grpc.";

    /// <summary>The status of a failed call, less the names in it that its caller may not see.</summary>
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
        if (error is RpcException done)
        {
            return done;
        }

        return Encode(End(Describe(error, call), error, call.GetHttpContext()), call.Method);
    }

    /// <summary>Answers a call that is refused before any service has seen it.</summary>
    public void Refuse(Exception error, HttpContext http)
    {
        var status = End(Describe(error), error, http);
        if (http.RequestAborted.IsCancellationRequested || status.Code == StatusCode.Cancelled)
        {
            http.Abort();
            return;
        }

        TrailersOnly.Write(http.Response, Encode(status, http.Request.Path));
    }

    private RpcException Encode(ErrorStatus status, string method)
    {
        if (method.StartsWith(V1Package, StringComparison.Ordinal))
        {
            return StatusEncoder.ToV1(status);
        }

        return method.StartsWith(GrpcPackage, StringComparison.Ordinal)
            ? new RpcException(new Status(status.Code, status.Message))
            : StatusEncoder.ToReflexpb(status, options.Value.SendHopOnly);
    }

    private ErrorStatus End(ErrorStatus status, Exception error, HttpContext http)
    {
        if (status.Reason == ErrorReasons.Internal)
        {
            CallFailed(logger, http.Request.Path, ClientName.Of(http), LogReference.Id, error);
        }
        else if (LogReference.IsNeededFor(error))
        {
            CallRefused(logger, http.Request.Path, ClientName.Of(http), LogReference.Id, error.Message);
        }
        else
        {
            CallEnded(logger, http.Request.Path, ClientName.Of(http), status.Code, status.Message);
        }

        return status;
    }

    private ErrorStatus Describe(Exception error, ServerCallContext call)
    {
        if (!call.CancellationToken.IsCancellationRequested)
        {
            return Describe(error);
        }

        return call.Deadline <= options.Value.TimeProvider.GetUtcNow().UtcDateTime
            ? new ErrorStatus(StatusCode.DeadlineExceeded, "", "The call's deadline has passed.")
            : new ErrorStatus(StatusCode.Cancelled, "", "The client has cancelled the call.");
    }

    private ErrorStatus Describe(Exception error) => error switch
    {
        RefusedCallException refused => refused.Status,
        OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested =>
            ErrorEncoder.Stopped("The server is stopping; call again, a stream from its last cursor."),
        OperationCanceledException => new ErrorStatus(StatusCode.Cancelled, "", "The call was cancelled."),
        _ => ErrorEncoder.Of(error),
    };
}
