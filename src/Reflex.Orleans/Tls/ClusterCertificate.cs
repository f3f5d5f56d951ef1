using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Reflex.Orleans.Tls;

/// <summary>What this process proves with that it belongs to the cluster, and the authorities that others have to prove it by.</summary>
/// <remarks>Never disposed: a handshake may be using it when another one has taken its place.</remarks>
internal sealed class ClusterCertificate
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;

    private ClusterCertificate(SslStreamCertificateContext own, X509Certificate2Collection authorities)
    {
        Own = own;
        _authorities = authorities;
    }

    /// <summary>The certificate with its key, and those between it and its authority.</summary>
    public SslStreamCertificateContext Own { get; }

    public DateTimeOffset ValidUntil => Own.TargetCertificate.NotAfter;

    /// <exception cref="InvalidDataException">They can't be used together; the message says why.</exception>
    public static ClusterCertificate Parse(ClusterPem pem, ClusterTlsOptions options, CertificateUses uses)
    {
        var chain = ParseAll(pem.Certificate, options.CertificateFile);
        var authorities = ParseAll(pem.Authority, options.AuthorityFile);
        var own = WithKey(pem, options);
        chain.RemoveAt(0);
        var certificate = new ClusterCertificate(SslStreamCertificateContext.Create(own, chain, offline: true), authorities);
        certificate.Require(ClientUse, "connect to silos (clientAuth)", chain, options);
        if (uses == CertificateUses.ServerAndClient)
        {
            certificate.Require(ServerUse, "be connected to (serverAuth)", chain, options);
        }

        return certificate;
    }

    /// <summary>Whether a certificate has the name that every one must have.</summary>
    public static bool HasName(X509Certificate2 certificate, ClusterTlsOptions options) =>
        options.Name is not { } name || certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false);

    /// <summary>How another one's certificate is checked; made anew for each check, which changes it.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,

            // What is missing would be fetched from where the other side's certificate says.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private static X509Certificate2Collection ParseAll(string pem, string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException error)
        {
            throw new InvalidDataException($"A certificate in {path} can't be read: {error.Message}", error);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidDataException($"The file {path} has no certificate: expected PEM, with '-----BEGIN CERTIFICATE-----'.");
    }

    private static X509Certificate2 WithKey(ClusterPem pem, ClusterTlsOptions options)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);

            // Windows doesn't use a key that is in memory only.
            return OperatingSystem.IsWindows()
                ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null)
                : own;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"The key of the certificate in {options.CertificateFile} isn't in {options.KeyFile ?? options.CertificateFile}: expected "
                + $"it as PEM, without a password ({error.Message})",
                error);
        }
    }

    private void Require(string use, string purpose, X509Certificate2Collection between, ClusterTlsOptions options)
    {
        using var chain = new X509Chain { ChainPolicy = Policy() };
        chain.ChainPolicy.ExtraStore.AddRange(between);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        var own = Own.TargetCertificate;
        if (!chain.Build(own))
        {
            throw new InvalidDataException(
                $"With the certificate {own.Subject} in {options.CertificateFile} no silo can {purpose} where the authorities are those in "
                + $"{options.AuthorityFile}: {Describe(chain)}");
        }

        if (!HasName(own, options))
        {
            throw new InvalidDataException(
                $"The certificate {own.Subject} in {options.CertificateFile} doesn't have the name {options.Name}, which every one must "
                + "have.");
        }
    }

    private static string Describe(X509Chain chain) =>
        string.Join(' ', chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.') + '.').Distinct());
}
