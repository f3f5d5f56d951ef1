namespace Reflex.AspNetCore.Access;

/// <summary>A call came without a valid credential: HTTP's 401, gRPC's UNAUTHENTICATED.</summary>
/// <param name="message">What is missing or was refused, and what to send.</param>
/// <param name="takesBearer">Whether a bearer credential would be taken.</param>
internal sealed class UnauthenticatedException(string message, bool takesBearer) : ReflexException(message, isTransient: false)
{
    public override ErrorCode Code { get; } = new("unauthenticated", ErrorKind.Unauthenticated, "Who calls isn't known");

    public bool TakesBearer { get; } = takesBearer;
}
