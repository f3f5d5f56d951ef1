using System.Collections;
using System.Text.RegularExpressions;

namespace Reflex.Silo.Settings;

/// <summary>Refuses environment variables that look like settings of Reflex and are none.</summary>
internal static partial class EnvironmentVariables
{
    private const string Delimiter = "__";

    // Those of the tool, which somebody may have set for all programs.
    private static readonly string[] Others = ["REFLEX_SERVER", "REFLEX_API_KEY"];

    /// <summary>Requires of this process's variables what <see cref="Require(IEnumerable{KeyValuePair{string, string}})"/> does.</summary>
    public static void Require() => Require(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? "")));

    /// <summary>Requires that every variable whose name begins with Reflex is a setting's, or somebody else's.</summary>
    /// <param name="variables">The variables by name. A value is looked at only to tell who has set it.</param>
    /// <exception cref="FormatException">There are faults; the message has a sentence for each.</exception>
    public static void Require(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var faults = variables
            .Where(variable => variable.Key.StartsWith(ReflexSettings.Section, StringComparison.OrdinalIgnoreCase))
            .Where(variable => !IsSetting(variable.Key) && !IsOthers(variable.Key, variable.Value))
            .Select(variable => $"The environment variable {variable.Key} is unknown; the nearest known one is {Nearest(variable.Key)}.")
            .ToList();
        if (faults.Count > 0)
        {
            throw new FormatException(string.Join(' ', faults));
        }
    }

    // What these set is checked with all other settings.
    private static bool IsSetting(string name) =>
        name.StartsWith(ReflexSettings.Section + Delimiter, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(ReflexSettings.Section + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase);

    private static bool IsOthers(string name, string value) =>
        Others.Contains(name, StringComparer.Ordinal)
        || ServiceLink().IsMatch(name)
        || (ServiceUrl().IsMatch(name) && value.Contains("://", StringComparison.Ordinal));

    private static string Nearest(string name)
    {
        var known = ReflexSettings.Known.Paths(ReflexSettings.Section, name)
            .Select(path => path.Replace(ConfigurationPath.KeyDelimiter, Delimiter, StringComparison.Ordinal));
        return NearestName.Of(name, known.Concat(Others));
    }

    // Kubernetes gives every container such variables of each service: REFLEX_SERVICE_HOST, REFLEX_PORT_80_TCP_ADDR,
    [GeneratedRegex("^REFLEX(_[A-Z0-9]+)*_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_[0-9]+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR))$")]
    private static partial Regex ServiceLink();

    // and, which a person may write too but with another value, REFLEX_PORT=tcp://10.0.0.1:80 and REFLEX_PORT_80_TCP.
    [GeneratedRegex("^REFLEX(_[A-Z0-9]+)*_PORT(_[0-9]+_(TCP|UDP|SCTP))?$")]
    private static partial Regex ServiceUrl();
}
