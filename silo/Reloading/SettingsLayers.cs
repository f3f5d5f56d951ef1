namespace Reflex.Silo.Reloading;

/// <summary>The sources of settings in their order, of which only the files change.</summary>
internal sealed class SettingsLayers
{
    private readonly IReadOnlyList<(SettingsFile? File, Dictionary<string, string?> Settings)> _layers;

    public SettingsLayers(IConfigurationRoot configuration)
    {
        _layers = [.. configuration.Providers.Select(provider => provider is SettingsFile file
            ? (file, FlatSettings.New())
            : ((SettingsFile?)null, FlatSettings.Of(new ConfigurationRoot([provider]))))];
        Files = [.. _layers.Select(layer => layer.File).OfType<SettingsFile>()];
    }

    public IReadOnlyList<SettingsFile> Files { get; }

    /// <summary>All settings, the later layers winning, with what the files are said to hold.</summary>
    public IConfiguration Merge(Func<SettingsFile, IReadOnlyDictionary<string, string?>> read)
    {
        var merged = new ConfigurationBuilder();
        foreach (var (file, settings) in _layers)
        {
            merged.AddInMemoryCollection(file is null ? settings : read(file));
        }

        return merged.Build();
    }
}
