using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace Reflex.Orleans.Tls;

/// <summary>Mutual TLS on Orleans' connections: whoever isn't of the cluster has none.</summary>
internal sealed partial class ClusterTls(
    ClusterCertificates certificates, IOptions<ClusterTlsOptions> options, ILogger<ClusterTls> logger)
{
    // Certificates are of the cluster and not of a host, so that nobody compares it; but the protocol has one.
    private const string AnyHost = "reflex-cluster";

    public static void Secure(SiloConnectionOptions options)
    {
        options.ConfigureSiloInboundConnection(Serve);
        options.ConfigureGatewayInboundConnection(Serve);
        options.ConfigureSiloOutboundConnection(Connect);
    }

    public static void Secure(ClientConnectionOptions options) => options.ConfigureConnection(Connect);

    private static void Serve(IConnectionBuilder builder) =>
        builder.UseServerTls(builder.ApplicationServices.GetRequiredService<ClusterTls>().ForServers());

    private static void Connect(IConnectionBuilder builder) =>
        builder.UseClientTls(builder.ApplicationServices.GetRequiredService<ClusterTls>().ForClients());

    private TlsOptions ForServers() => new()
    {
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = IsOfTheCluster,
        LocalServerCertificateSelector = (_, _) => certificates.Current.Own.TargetCertificate,
        OnAuthenticateAsServer = (_, authentication) =>
        {
            var ssl = (SslServerAuthenticationOptions)authentication.SslServerAuthenticationOptions;
            var current = certificates.Current;

            // A selected certificate would be sent without those between it and its authority.
            ssl.ServerCertificateSelectionCallback = null;
            ssl.ServerCertificateContext = current.Own;
            ssl.CertificateChainPolicy = current.Policy();
            ssl.AllowTlsResume = false;
        },
    };

    private TlsOptions ForClients() => new()
    {
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = IsOfTheCluster,
        OnAuthenticateAsClient = (_, authentication) =>
        {
            var ssl = (SslClientAuthenticationOptions)authentication.SslClientAuthenticationOptions;
            var current = certificates.Current;
            ssl.TargetHost = options.Value.Name ?? AnyHost;
            ssl.ClientCertificateContext = current.Own;
            ssl.CertificateChainPolicy = current.Policy();

            // What was good when a session began may not be any more.
            ssl.AllowTlsResume = false;
        },
    };

    private bool IsOfTheCluster(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None)
        {
            var reasons = chain?.ChainStatus.Select(status => status.StatusInformation.Trim()) ?? [];
            LogRefused(logger, certificate.Subject, certificate.Issuer, string.Join(' ', reasons));
            return false;
        }

        if (!ClusterCertificate.HasName(certificate, options.Value))
        {
            LogWithoutName(logger, certificate.Subject, certificate.Issuer, options.Value.Name);
            return false;
        }

        return true;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "A connection of the cluster was refused: the certificate {Subject} of {Issuer} isn't from an authority that is taken here, or not "
        + "valid now for that end: {Reasons}")]
    private static partial void LogRefused(ILogger logger, string subject, string issuer, string reasons);

    [LoggerMessage(
        LogLevel.Warning,
        "A connection of the cluster was refused: the certificate {Subject} of {Issuer} doesn't have the name {Name}, which every one must "
        + "have.")]
    private static partial void LogWithoutName(ILogger logger, string subject, string issuer, string? name);
}
