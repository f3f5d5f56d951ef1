namespace Reflex.Silo.Configuration;

/// <summary>Refuses settings that mean nothing, since they are typing errors.</summary>
internal static class KnownSettings
{
    /// <exception cref="FormatException">A key of the section is none of the known; the message names it.</exception>
    public static void Require(IConfigurationSection section, params string[] known)
    {
        foreach (var key in section.GetChildren().Select(child => child.Key))
        {
            if (!known.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new FormatException($"The setting {section.Path}:{key} is unknown: expected {string.Join(" or ", known)}.");
            }
        }
    }

    /// <summary>Refuses a single value, which the binding would drop, where a setting has parts.</summary>
    /// <exception cref="FormatException">It has a value. The message doesn't repeat it, since it may be a secret.</exception>
    public static void RequireNoValue(IConfigurationSection section, string expected)
    {
        if (section.Value is not null)
        {
            throw new FormatException($"The setting {section.Path} has a single value: expected {expected}.");
        }
    }
}
