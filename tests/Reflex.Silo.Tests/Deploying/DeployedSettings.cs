extern alias silo;

using Microsoft.Extensions.Configuration;
using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>Settings as a deployment gives them, by environment variables.</summary>
internal static class DeployedSettings
{
    /// <summary>Requires that the silo knows each of them, and takes its value.</summary>
    public static void Require(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var settings = variables
            .Where(variable => variable.Key.StartsWith("Reflex", StringComparison.Ordinal))
            .Select(variable => KeyValuePair.Create(Key(variable.Key), (string?)variable.Value));
        SettingsCheck.Require(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }

    /// <summary>The same on the silo's command line.</summary>
    public static IEnumerable<string> Arguments(IEnumerable<KeyValuePair<string, string>> variables) => variables
        .Where(variable => variable.Key.Contains("__", StringComparison.Ordinal))
        .Select(variable => $"--{Key(variable.Key)}={variable.Value}");

    private static string Key(string variable) => variable.Replace("__", ":", StringComparison.Ordinal);
}
