namespace Reflex.Orleans;

/// <summary>How silos and Orleans clients prove to one another, over TLS, that they belong to the cluster.</summary>
/// <remarks>
/// The files are read again for each connection, so that they can be replaced while the process runs: connections that are there stay,
/// new ones use what the files have then. Files that can't be used are passed over, with a line in the log, until they can.
/// </remarks>
public sealed class ClusterTlsOptions
{
    /// <summary>
    /// A PEM file with the certificate of this process, followed by those between it and its authority, if there are any. Where a
    /// certificate says what it is for, that of a silo needs both, server and client; that of an outside client the latter.
    /// </summary>
    /// <value>There is no default.</value>
    public string CertificateFile { get; set; } = "";

    /// <summary>A PEM file with the key of that certificate, without a password.</summary>
    /// <value>The default is null: it is in <see cref="CertificateFile"/> too.</value>
    public string? KeyFile { get; set; }

    /// <summary>
    /// A PEM file with the root certificates of the authorities whose certificates are taken, and no others are. Whoever has one may do
    /// everything in the cluster, so have an authority for it alone, or set <see cref="Name"/>.
    /// </summary>
    /// <value>There is no default.</value>
    public string AuthorityFile { get; set; } = "";

    /// <summary>The DNS name that the certificate of every silo and client must have among its alternative names.</summary>
    /// <value>The default is null: any certificate of the authorities is good.</value>
    public string? Name { get; set; }
}
