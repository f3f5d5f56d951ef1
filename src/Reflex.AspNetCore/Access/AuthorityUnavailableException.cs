namespace Reflex.AspNetCore.Access;

/// <summary>A token couldn't be checked, since its authority didn't tell its keys: HTTP's 503, gRPC's UNAVAILABLE.</summary>
internal sealed class AuthorityUnavailableException(string authority, Exception? innerException) : ReflexException(
    $"The token couldn't be checked, since the authority {authority} didn't tell its keys: ask again.", isTransient: true, innerException)
{
    public override ErrorCode Code => ErrorCode.Unavailable;
}
