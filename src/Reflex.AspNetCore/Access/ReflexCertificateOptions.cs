namespace Reflex.AspNetCore.Access;

/// <summary>Which client certificates are taken: valid ones for clients, issued by one of these authorities.</summary>
public sealed class ReflexCertificateOptions
{
    /// <summary>The files with the authorities' certificates, at least one.</summary>
    /// <value>PEM files. The system's own authorities count for nothing here.</value>
    public IList<string> Authorities { get; } = [];

    /// <summary>Whether the authorities are asked for revoked certificates, at the address that the certificate names.</summary>
    /// <value>The default is false, since few private authorities publish any. With true a silent authority refuses everybody.</value>
    public bool CheckRevocation { get; set; }
}
