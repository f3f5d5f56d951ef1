using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Access;

/// <summary>Reports every fault of <see cref="ReflexAccessOptions"/>.</summary>
internal sealed class ReflexAccessOptionsValidator : IValidateOptions<ReflexAccessOptions>
{
    // What an empty variable gives, and what would let everybody in who sends an empty key.
    private const string HashOfNothing = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

    private const int HashDigits = 64;

    public ValidateOptionsResult Validate(string? name, ReflexAccessOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.IsOn && options.AllowAnonymous)
        {
            Add(result, "AllowAnonymous", "is true beside API keys, JWTs or client certificates; choose one of the two.");
        }

        if (options.IsOn && options.Policies.Count == 0)
        {
            Add(result, "Policies", "is empty, so that nobody might do anything; add what is allowed.");
        }

        ValidateKeys(result, options);
        JwtChecks.Validate(result, options.Jwt);
        CertificateChecks.Validate(result, options.Certificates);
        foreach (var (policyName, policy) in options.Policies)
        {
            PolicyChecks.Validate(result, $"Policies:{policyName}", policy, options);
        }

        return result.Build();
    }

    internal static void Add(ValidateOptionsResultBuilder result, string setting, string fault) =>
        result.AddError($"{nameof(ReflexAccessOptions)}.{setting} {fault}");

    private static void ValidateKeys(ValidateOptionsResultBuilder result, ReflexAccessOptions options)
    {
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, hashes) in options.ApiKeys)
        {
            var setting = $"ApiKeys:{name}";
            if (string.IsNullOrWhiteSpace(name) || name.Length > ReflexAccessOptions.MaxKeyNameLength)
            {
                Add(result, setting, $"has a bad name; it must have 1 to {ReflexAccessOptions.MaxKeyNameLength} characters.");
            }

            if (hashes is not { Count: > 0 })
            {
                Add(result, setting, "has no hash; it must be a list of the SHA-256 hash of the key, or of several keys.");
            }

            foreach (var hash in hashes ?? [])
            {
                ValidateHash(result, setting, hash, owners, name);
            }
        }
    }

    private static void ValidateHash(
        ValidateOptionsResultBuilder result, string setting, string? hash, Dictionary<string, string> owners, string name)
    {
        // The value isn't repeated: somebody may have put the key itself there.
        if (hash is not { Length: HashDigits } || !hash.All(char.IsAsciiHexDigit))
        {
            Add(result, setting, $"has something else than a SHA-256 hash; it must have {HashDigits} hexadecimal digits.");
        }
        else if (hash.Equals(HashOfNothing, StringComparison.OrdinalIgnoreCase))
        {
            Add(result, setting, "has the hash of nothing; hash the key itself.");
        }
        else if (!owners.TryAdd(hash, name))
        {
            Add(result, setting, $"has a hash that '{owners[hash]}' has too; give every caller a key of its own.");
        }
    }
}
