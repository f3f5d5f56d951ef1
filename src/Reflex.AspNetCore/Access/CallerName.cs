using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Reflex.AspNetCore.Access;

/// <summary>The names by which policies know a caller: a kind, a colon and a value.</summary>
internal static class CallerName
{
    public const string Everybody = "*";

    public const string Key = "key:";
    public const string Subject = "subject:";
    public const string Role = "role:";
    public const string Scope = "scope:";
    public const string Certificate = "certificate:";

    private static readonly string[] Kinds = [Key, Subject, Role, Scope, Certificate];

    public static string OfCertificate(X500DistinguishedName subject) => Certificate + subject.Name;

    /// <summary>Reads a name of a policy, whose certificate subject may be written with other spaces.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (text is null || (text != Everybody && !HasKindAndValue(text)))
        {
            return false;
        }

        name = text;
        if (!text.StartsWith(Certificate, StringComparison.Ordinal))
        {
            return true;
        }

        try
        {
            // Written anew from what it means: as a text it would keep the spaces it came with.
            var subject = new X500DistinguishedName(text[Certificate.Length..]);
            name = OfCertificate(new X500DistinguishedName(subject.RawData));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool HasKindAndValue(string text) =>
        Kinds.Any(kind => text.Length > kind.Length && text.StartsWith(kind, StringComparison.Ordinal));
}
