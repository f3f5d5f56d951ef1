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
}
