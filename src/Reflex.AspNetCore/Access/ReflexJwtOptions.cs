namespace Reflex.AspNetCore.Access;

/// <summary>
/// Which JWTs are taken: those of an authority, which publishes its keys, or those signed with a key given here. Exactly one of
/// <see cref="Authority"/>, <see cref="SigningKey"/> and <see cref="SigningKeyFile"/> must be set.
/// </summary>
public sealed class ReflexJwtOptions
{
    /// <summary>The OpenID Connect authority, whose keys and issuer are found at its <c>.well-known</c> address.</summary>
    /// <value>An https URL; http is taken on loopback only. The default is null.</value>
    public string? Authority { get; set; }

    /// <summary>The audience that a token must be for.</summary>
    /// <value>Required.</value>
    public string? Audience { get; set; }

    /// <summary>The issuer that a token must be from.</summary>
    /// <value>Required with a key; with an authority null, the default, means the one that it publishes.</value>
    public string? Issuer { get; set; }

    /// <summary>The shared secret of HMAC signatures. Whoever has it can make tokens: prefer the other two.</summary>
    /// <value>Base64 of at least 32 bytes. The default is null.</value>
    public string? SigningKey { get; set; }

    /// <summary>The file with the issuer's public key.</summary>
    /// <value>A PEM file with an RSA or EC public key. The default is null.</value>
    public string? SigningKeyFile { get; set; }

    /// <summary>The claim with the caller's roles; each of its values is one.</summary>
    /// <value>The default is <c>roles</c>. Not empty.</value>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The claim with the token's scopes, separated by spaces.</summary>
    /// <value>The default is <c>scope</c>. Not empty.</value>
    public string ScopeClaim { get; set; } = "scope";
}
