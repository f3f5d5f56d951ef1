using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Reflex.AspNetCore.Access;

/// <summary>Reads the key that signs tokens.</summary>
internal static class JwtKeys
{
    /// <summary>The least for HMAC with SHA-256.</summary>
    public const int LeastSecretBytes = 32;

    public static bool TryReadSecret(string text, [NotNullWhen(true)] out SecurityKey? key)
    {
        var bytes = new byte[text.Length];
        var isKey = Convert.TryFromBase64String(text, bytes, out var length) && length >= LeastSecretBytes;
        key = isKey ? new SymmetricSecurityKey(bytes[..length]) : null;
        return isKey;
    }

    /// <summary>The public key in a PEM file; null when none can be read.</summary>
    public static SecurityKey? TryReadFile(string path)
    {
        try
        {
            var pem = File.ReadAllText(path);
            return TryReadRsa(pem) ?? ReadEc(pem);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    private static SecurityKey? TryReadRsa(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }

    private static ECDsaSecurityKey ReadEc(string pem)
    {
        var ec = ECDsa.Create();
        ec.ImportFromPem(pem);
        return new ECDsaSecurityKey(ec);
    }
}
