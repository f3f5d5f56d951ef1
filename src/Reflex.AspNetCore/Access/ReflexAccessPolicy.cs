namespace Reflex.AspNetCore.Access;

/// <summary>Allows some callers some operations on some streams.</summary>
public sealed class ReflexAccessPolicy
{
    /// <summary>The callers, at least one.</summary>
    /// <value>
    /// <c>key:NAME</c> for an API key, <c>subject:…</c>, <c>role:…</c> and <c>scope:…</c> for a JWT with that claim,
    /// <c>certificate:CN=…</c> for a client certificate with that subject; <c>*</c> for everybody with a valid credential.
    /// Compared exactly, upper and lower case included.
    /// </value>
    public IList<string> Who { get; } = [];

    /// <summary>The streams, at least one, which need not exist yet.</summary>
    /// <value>Names, prefixes such as <c>orders-*</c>, or <c>*</c> for all.</value>
    public IList<string> Streams { get; } = [];

    /// <summary>The operations, at least one. None of them includes another.</summary>
    /// <value><c>append</c>, <c>stream</c>, <c>consume</c>, <c>administer</c>, <c>observe</c>.</value>
    public IList<string> May { get; } = [];
}
