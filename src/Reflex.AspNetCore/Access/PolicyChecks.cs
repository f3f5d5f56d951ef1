using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Access;

/// <summary>The faults of policies.</summary>
internal static class PolicyChecks
{
    public static void Validate(
        ValidateOptionsResultBuilder result, string setting, ReflexAccessPolicy? policy, ReflexAccessOptions options)
    {
        if (policy is null)
        {
            ReflexAccessOptionsValidator.Add(result, setting, "is empty; it must say Who, Streams and May.");
            return;
        }

        RequireSome(result, $"{setting}:Who", policy.Who);
        RequireSome(result, $"{setting}:Streams", policy.Streams);
        RequireSome(result, $"{setting}:May", policy.May);
        foreach (var who in policy.Who)
        {
            ValidateCaller(result, $"{setting}:Who", who, options);
        }

        foreach (var stream in policy.Streams)
        {
            ValidateStream(result, $"{setting}:Streams", stream);
        }

        foreach (var word in policy.May.Where(word => !StreamOperationWords.TryParse(word, out _)))
        {
            ReflexAccessOptionsValidator.Add(
                result, $"{setting}:May", $"has '{word}'; it must be one of {string.Join(", ", StreamOperationWords.All)}.");
        }

        if (policy.May.Contains("observe") && !policy.Streams.Contains("*"))
        {
            ReflexAccessOptionsValidator.Add(
                result, $"{setting}:Streams", "is not *, but observe in May is of the metrics, which tell of all streams.");
        }
    }

    private static void RequireSome(ValidateOptionsResultBuilder result, string setting, IList<string> values)
    {
        if (values.Count == 0)
        {
            ReflexAccessOptionsValidator.Add(result, setting, "is empty; it must name at least one.");
        }
    }

    private static void ValidateCaller(ValidateOptionsResultBuilder result, string setting, string who, ReflexAccessOptions options)
    {
        if (!CallerName.TryParse(who, out _))
        {
            ReflexAccessOptionsValidator.Add(
                result,
                setting,
                $"has '{who}'; it must be key:NAME, subject:…, role:…, scope:…, certificate:CN=… or *.");
        }
        else if (Missing(who, options) is { } missing)
        {
            ReflexAccessOptionsValidator.Add(result, setting, $"has '{who}', but {missing}.");
        }
    }

    // A caller that can't be would be a typing error that somebody notices only when it is refused.
    private static string? Missing(string who, ReflexAccessOptions options)
    {
        if (who == CallerName.Everybody)
        {
            return options.IsOn ? null : "there are no ApiKeys, Jwt or Certificates";
        }

        if (who.StartsWith(CallerName.Key, StringComparison.Ordinal))
        {
            return options.ApiKeys.ContainsKey(who[CallerName.Key.Length..]) ? null : "ApiKeys has no key of this name";
        }

        if (who.StartsWith(CallerName.Certificate, StringComparison.Ordinal))
        {
            return options.Certificates is null ? "Certificates isn't set" : null;
        }

        return options.Jwt is null ? "Jwt isn't set" : null;
    }

    private static void ValidateStream(ValidateOptionsResultBuilder result, string setting, string stream)
    {
        try
        {
            StreamPattern.Parse(stream);
        }
        catch (FormatException)
        {
            ReflexAccessOptionsValidator.Add(
                result, setting, $"has '{stream}'; it must be a stream's name, a beginning of one with * after it, or * alone.");
        }
    }
}
