using Reflex.AspNetCore.Errors;

namespace Reflex.AspNetCore.Grpc;

/// <summary>Ends a call with an error that these services found themselves.</summary>
internal sealed class RefusedCallException(ErrorStatus status) : Exception(status.Message)
{
    public ErrorStatus Status { get; } = status;
}
