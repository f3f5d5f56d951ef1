namespace Reflex.Orleans.Tls;

/// <summary>The texts of the files.</summary>
internal sealed record ClusterPem(string Certificate, string Key, string Authority)
{
    /// <exception cref="InvalidDataException">A file can't be read; the message names it.</exception>
    public static ClusterPem Read(ClusterTlsOptions options)
    {
        var certificate = Read(options.CertificateFile);
        return new ClusterPem(certificate, options.KeyFile is { } key ? Read(key) : certificate, Read(options.AuthorityFile));
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The cluster's TLS needs the file {path}, which can't be read: {error.Message}", error);
        }
    }
}
