using Microsoft.Extensions.Configuration.Json;

namespace Reflex.Silo.Reloading;

/// <summary>A file of settings in JSON in the place of one that the host has added.</summary>
internal sealed class SettingsFileSource : JsonConfigurationSource
{
    private SettingsFileSource(JsonConfigurationSource replaced)
    {
        Path = replaced.Path!;
        Optional = replaced.Optional;
        FileProvider = replaced.FileProvider;
        IsWatched = replaced.ReloadOnChange;
        ResolveFileProvider();
    }

    /// <summary>Whether changes of the file are taken. The base class mustn't: it takes all, and for a missing file nothing.</summary>
    public bool IsWatched { get; }

    /// <summary>Replaces every file of settings.</summary>
    public static void ReplaceAll(IConfigurationBuilder configuration)
    {
        for (var i = 0; i < configuration.Sources.Count; i++)
        {
            if (configuration.Sources[i] is JsonConfigurationSource source and not SettingsFileSource)
            {
                configuration.Sources[i] = new SettingsFileSource(source);
            }
        }
    }

    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new SettingsFile(this);
    }
}
