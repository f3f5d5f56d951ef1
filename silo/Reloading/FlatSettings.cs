namespace Reflex.Silo.Reloading;

/// <summary>Settings as a table of their full names and values, whose names are compared without regard to case.</summary>
internal static class FlatSettings
{
    public static Dictionary<string, string?> New() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The values of a configuration, or below a section of it by their names from there.</summary>
    public static Dictionary<string, string?> Of(IConfiguration configuration) =>
        From(configuration.AsEnumerable(makePathsRelative: true).Where(setting => setting.Value is not null));

    public static Dictionary<string, string?> From(IEnumerable<KeyValuePair<string, string?>> settings) =>
        new(settings, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name is a section's or below it.</summary>
    public static bool IsIn(string name, string section) =>
        name.StartsWith(section, StringComparison.OrdinalIgnoreCase)
        && (name.Length == section.Length || name[section.Length] == ConfigurationPath.KeyDelimiter[0]);

    /// <summary>The names whose values differ, or that only one of the two has, in their order.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string?> one, IReadOnlyDictionary<string, string?> other) =>
    [
        .. one.Keys.Union(other.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(name => one.GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Order(StringComparer.OrdinalIgnoreCase),
    ];
}
