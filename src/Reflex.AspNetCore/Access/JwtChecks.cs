using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Access;

/// <summary>The faults of the options for JWTs.</summary>
internal static class JwtChecks
{
    public static void Validate(ValidateOptionsResultBuilder result, ReflexJwtOptions? jwt)
    {
        if (jwt is null)
        {
            return;
        }

        Require(result, nameof(jwt.Audience), jwt.Audience);
        Require(result, nameof(jwt.RoleClaim), jwt.RoleClaim);
        Require(result, nameof(jwt.ScopeClaim), jwt.ScopeClaim);
        if (new[] { jwt.Authority, jwt.SigningKey, jwt.SigningKeyFile }.Count(source => source is not null) != 1)
        {
            Add(result, "", "must have exactly one of Authority, SigningKey and SigningKeyFile.");
        }

        if (jwt.Authority is not null && !IsSecure(jwt.Authority))
        {
            Add(result, ":Authority", $"is '{jwt.Authority}'; it must be an https URL, or an http one on loopback.");
        }

        if (jwt.Authority is null)
        {
            Require(result, nameof(jwt.Issuer), jwt.Issuer);
        }

        ReportUnreadableKey(result, jwt);
    }

    private static bool IsSecure(string authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    // What a key is isn't repeated, since it is a secret.
    private static void ReportUnreadableKey(ValidateOptionsResultBuilder result, ReflexJwtOptions jwt)
    {
        if (jwt.SigningKey is not null && !JwtKeys.TryReadSecret(jwt.SigningKey, out _))
        {
            Add(result, ":SigningKey", $"isn't a key; it must be Base64 of at least {JwtKeys.LeastSecretBytes} bytes.");
        }

        if (jwt.SigningKeyFile is not null && JwtKeys.TryReadFile(jwt.SigningKeyFile) is null)
        {
            Add(
                result,
                ":SigningKeyFile",
                $"is '{jwt.SigningKeyFile}', which can't be read; it must be a PEM file with an RSA or EC public key.");
        }
    }

    private static void Require(ValidateOptionsResultBuilder result, string option, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Add(result, $":{option}", "is empty; it must be set.");
        }
    }

    private static void Add(ValidateOptionsResultBuilder result, string setting, string fault) =>
        ReflexAccessOptionsValidator.Add(result, "Jwt" + setting, fault);
}
