namespace Reflex.Grpc;

/// <summary>
/// A call failed for a reason that has no type of its own here: it was refused for want of rights, the server lacks the method, it
/// failed inside, its answer was malformed, or what serves there speaks no gRPC, or not under a TLS certificate that is trusted.
/// </summary>
public sealed class RemoteCallException : ReflexException
{
    /// <inheritdoc cref="RemoteCallException"/>
    /// <param name="message">What failed, and why.</param>
    /// <param name="status">The gRPC status code's name: "PermissionDenied".</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="innerException">The transport's error, or null.</param>
    public RemoteCallException(string message, string status, bool isTransient, Exception? innerException = null)
        : base(message, isTransient, innerException) => SetFact("status", status);

    /// <inheritdoc/>
    public override ErrorCode Code => IsTransient ? ErrorCode.Unavailable : ErrorCode.Failed;

    /// <summary>The gRPC status code's name: "PermissionDenied", "Unauthenticated", "Internal".</summary>
    public string Status => GetText("status");
}
