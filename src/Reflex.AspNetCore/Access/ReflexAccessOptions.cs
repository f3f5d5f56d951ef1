namespace Reflex.AspNetCore.Access;

/// <summary>
/// Who may do what. Access is on as soon as one way of telling who calls is set; then everything but the health checks needs a
/// credential, and what no policy grants is refused. Read once, at the start.
/// </summary>
public sealed class ReflexAccessOptions
{
    /// <summary>The longest allowed name of an API key, in characters.</summary>
    public const int MaxKeyNameLength = 100;

    /// <summary>
    /// Says that a server without any access control may be reached from other machines. It doesn't go together with a way of
    /// telling who calls.
    /// </summary>
    /// <value>The default is false.</value>
    public bool AllowAnonymous { get; set; }

    /// <summary>
    /// The API keys, by name: each name has one hash, or several while a key is being exchanged. A key may come in the header
    /// <c>reflex-api-key</c> or as <c>Authorization: Bearer</c>.
    /// </summary>
    /// <value>
    /// SHA-256 hashes of the keys' UTF-8 text, 64 hexadecimal digits each. The default is none. The keys must be long and random,
    /// since their hashes have no salt.
    /// </value>
    public IDictionary<string, IList<string>> ApiKeys { get; } = new Dictionary<string, IList<string>>(StringComparer.Ordinal);

    /// <summary>Which JWTs are taken as <c>Authorization: Bearer</c>.</summary>
    /// <value>The default is null: none.</value>
    public ReflexJwtOptions? Jwt { get; set; }

    /// <summary>Which client certificates are taken. The server's endpoint must ask for them.</summary>
    /// <value>The default is null: none.</value>
    public ReflexCertificateOptions? Certificates { get; set; }

    /// <summary>What is allowed, by a name of your choice. They add up; there is none that forbids.</summary>
    /// <value>The default is none. With access on there must be at least one.</value>
    public IDictionary<string, ReflexAccessPolicy> Policies { get; } =
        new Dictionary<string, ReflexAccessPolicy>(StringComparer.Ordinal);

    /// <summary>Whether any way of telling who calls is set.</summary>
    public bool IsOn => ApiKeys.Count > 0 || Jwt is not null || Certificates is not null;
}
