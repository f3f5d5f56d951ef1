using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Reflex.Orleans.Tls;

/// <summary>The certificate of this process as its files have it now. Thread-safe.</summary>
internal sealed partial class ClusterCertificates(
    CertificateUses uses, IOptions<ClusterTlsOptions> options, ILogger<ClusterCertificates> logger)
{
    private readonly Lock _lock = new();
    private ClusterCertificate? _current;
    private ClusterPem? _read;
    private string? _fault;

    /// <summary>What the files have; what they had before while they can't be used. It reads three small files.</summary>
    /// <exception cref="InvalidDataException">They could never be used; the message says why.</exception>
    public ClusterCertificate Current
    {
        get
        {
            lock (_lock)
            {
                return Refresh();
            }
        }
    }

    private ClusterCertificate Refresh()
    {
        try
        {
            var pem = ClusterPem.Read(options.Value);
            if (_current is not null && pem == _read)
            {
                return _current;
            }

            // Also one that can't be used is tried once only.
            _read = pem;
            var isFirst = _current is null;
            _current = ClusterCertificate.Parse(pem, options.Value, uses);
            _fault = null;
            if (!isFirst)
            {
                LogReplaced(logger, _current.Own.TargetCertificate.Subject, _current.ValidUntil);
            }
        }
        catch (InvalidDataException error) when (_current is not null)
        {
            if (_fault != error.Message)
            {
                _fault = error.Message;
                LogKept(logger, _current.ValidUntil, error.Message);
            }
        }

        return _current;
    }

    [LoggerMessage(
        LogLevel.Information,
        "New connections of the cluster use another certificate, {Subject}, or other authorities; it is valid until {Until:u}.")]
    private static partial void LogReplaced(ILogger logger, string subject, DateTimeOffset until);

    [LoggerMessage(
        LogLevel.Error,
        "The cluster's TLS goes on with the certificate that it has, valid until {Until:u}, since its files can't be used as they are: "
        + "{Fault}")]
    private static partial void LogKept(ILogger logger, DateTimeOffset until, string fault);
}
