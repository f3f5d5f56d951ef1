namespace Reflex.Silo.Reloading;

/// <summary>What a change does to the server.</summary>
internal enum EndpointChangeKind
{
    /// <summary>An endpoint that wasn't there.</summary>
    Added,

    /// <summary>An endpoint that is served gets another certificate, for which the server closes its connections.</summary>
    Certificate,

    /// <summary>The same for all endpoints without a certificate of their own.</summary>
    DefaultCertificate,

    /// <summary>An endpoint that is served is gone, or served otherwise: never done while the silo runs.</summary>
    Moved,
}
