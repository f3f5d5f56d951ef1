using Grpc.Core;

namespace Reflex.AspNetCore.Errors;

/// <summary>The statuses of every kind of failure: the one table that says what a kind is over HTTP, and what over gRPC.</summary>
internal static class ErrorKinds
{
    /// <summary>The status of an answer of HTTP.</summary>
    public static int ToHttp(this ErrorKind kind) => StatusesOf(kind).Http;

    /// <summary>The status of a call of gRPC.</summary>
    public static StatusCode ToGrpc(this ErrorKind kind) => StatusesOf(kind).Grpc;

    /// <summary>Whether the same request may be sent again a little later.</summary>
    public static bool IsToBeRetried(this ErrorKind kind) => kind is ErrorKind.Unavailable or ErrorKind.Busy or ErrorKind.TooMany;

    private static (int Http, StatusCode Grpc) StatusesOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Failed => (500, StatusCode.Internal),
        ErrorKind.Unavailable => (503, StatusCode.Unavailable),
        ErrorKind.Busy => (503, StatusCode.ResourceExhausted),
        ErrorKind.TooMany => (429, StatusCode.ResourceExhausted),

        // Not 429, after which clients try again by themselves: that never helps here.
        ErrorKind.LimitReached => (409, StatusCode.ResourceExhausted),
        ErrorKind.NoRoom => (507, StatusCode.ResourceExhausted),
        ErrorKind.TooLarge => (413, StatusCode.InvalidArgument),
        ErrorKind.NotFound => (404, StatusCode.NotFound),
        ErrorKind.ExistsOtherwise => (409, StatusCode.AlreadyExists),
        ErrorKind.Conflict => (409, StatusCode.FailedPrecondition),
        ErrorKind.Replaced => (409, StatusCode.Aborted),
        ErrorKind.OutOfRange => (409, StatusCode.OutOfRange),
        ErrorKind.Gone => (410, StatusCode.OutOfRange),
        ErrorKind.Damaged => (500, StatusCode.DataLoss),
        ErrorKind.Unauthenticated => (401, StatusCode.Unauthenticated),
        ErrorKind.Denied => (403, StatusCode.PermissionDenied),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of failure has no statuses."),
    };
}
