using Grpc.Core;
using Reflex.Cursors;

namespace Reflex.Grpc.Errors;

/// <summary>Awaits unary calls, whose failures become typed errors.</summary>
internal static class RemoteCall
{
    public static async Task<T> AnswerAsync<T>(this AsyncUnaryCall<T> call, CallContext context, CancellationToken cancellationToken)
    {
        using (call)
        {
            try
            {
                return await call.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException error)
            {
                throw Typed(error, context, cancellationToken);
            }
        }
    }

    /// <summary>The error as its caller is to see it: cancelled, when it was the caller who did that.</summary>
    public static Exception Typed(RpcException error, in CallContext context, CancellationToken cancellationToken) =>
        error.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(error.Status.Detail, error, cancellationToken)
            : ErrorDecoder.Decode(error, context);

    /// <summary>A cursor that a server sent.</summary>
    public static Cursor ParseCursor(string text) => Cursor.TryParse(text, out var cursor)
        ? cursor
        : throw Malformed($"the cursor '{text}'");

    /// <summary>The error of an answer that no server should give.</summary>
    public static RemoteCallException Malformed(string what) =>
        new($"The server answered {what}, which is malformed: look whether it is a Reflex server.", "DataLoss", isTransient: false);
}
