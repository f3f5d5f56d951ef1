using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Access;

/// <summary>The faults of the options for client certificates.</summary>
internal static class CertificateChecks
{
    private const string Setting = "Certificates:Authorities";

    public static void Validate(ValidateOptionsResultBuilder result, ReflexCertificateOptions? certificates)
    {
        if (certificates is null)
        {
            return;
        }

        if (certificates.Authorities.Count == 0)
        {
            ReflexAccessOptionsValidator.Add(result, Setting, "is empty; it must name a file with an authority's certificate.");
        }

        foreach (var path in certificates.Authorities.Where(path => !IsCertificateFile(path)))
        {
            ReflexAccessOptionsValidator.Add(
                result, Setting, $"has '{path}', which can't be read; it must be a PEM file with certificates.");
        }
    }

    /// <summary>The certificates of all authorities.</summary>
    public static X509Certificate2Collection Read(ReflexCertificateOptions certificates)
    {
        var authorities = new X509Certificate2Collection();
        foreach (var path in certificates.Authorities)
        {
            authorities.ImportFromPemFile(path);
        }

        return authorities;
    }

    private static bool IsCertificateFile(string path)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
