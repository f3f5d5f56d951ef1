namespace Reflex.Orleans.Tls;

/// <summary>What the certificate of a process is for.</summary>
internal enum CertificateUses
{
    /// <summary>An outside client's: it connects to silos.</summary>
    Client,

    /// <summary>A silo's: others connect to it, and it to them.</summary>
    ServerAndClient,
}
