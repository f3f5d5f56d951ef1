using System.Security.Claims;
using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Limits;

/// <summary>Whom the limits of a client count for.</summary>
/// <remarks>
/// A client is the caller that its credentials prove, on however many connections. Without access control it is a connection, and while
/// access is on all those together that need no credential, such as watchers of the health.
/// </remarks>
internal sealed class ClientNames(AccessGuard access)
{
    private const string Anonymous = "anonymous";

    /// <summary>By all its credentials: with one more or one less it isn't another client.</summary>
    public string[] Of(HttpContext http)
    {
        if (!access.IsOn)
        {
            return [$"connection {http.Connection.Id}"];
        }

        return access.CallerOf(http) is { } caller ? [.. caller.Identities.Select(NameOf).Distinct()] : [Anonymous];
    }

    private static string NameOf(ClaimsIdentity identity) =>
        "caller " + (identity.Name ?? string.Join(' ', identity.Claims.Select(claim => claim.Value)));
}
