using System.Security.Claims;

namespace Reflex.AspNetCore.Access;

/// <summary>
/// Makes the principal of a caller from its proven credentials. It carries none of a token's own claims, so that no token can
/// claim a name that it isn't entitled to.
/// </summary>
internal static class Caller
{
    /// <summary>The type of the claims that hold a <see cref="CallerName"/>.</summary>
    public const string NameClaim = "reflex.caller";

    private const string AuthenticationType = "Reflex";

    /// <summary>Nobody in particular: who calls while access is off.</summary>
    public static ClaimsPrincipal Anonymous { get; } = new(new ClaimsIdentity());

    /// <summary>A caller with one credential.</summary>
    /// <param name="names">All its names; the first is what messages and logs call it.</param>
    public static ClaimsIdentity Identify(params IEnumerable<string> names) =>
        new(names.Select(name => new Claim(NameClaim, name)), AuthenticationType, NameClaim, roleType: null);

    /// <summary>What to call it, at most two names.</summary>
    public static string Describe(ClaimsPrincipal caller) =>
        string.Join(" with ", caller.Identities.Select(identity => identity.Name is { } name ? $"'{name}'" : "a JWT without a subject"));
}
