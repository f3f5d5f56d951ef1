namespace Reflex.Silo.Reloading;

/// <summary>The settings that come with the silo, which hold where its files say nothing.</summary>
internal static class StockSettings
{
    /// <summary>The name of their file, and of its copy inside of the program.</summary>
    public const string FileName = "appsettings.json";

    public static Stream Open() => typeof(StockSettings).Assembly.GetManifestResourceStream(FileName)!;

    /// <summary>A section of them, by full names.</summary>
    public static Dictionary<string, string?> Of(string section)
    {
        using var stream = Open();
        return FlatSettings.From(FlatSettings.Of(new ConfigurationBuilder().AddJsonStream(stream).Build())
            .Where(setting => FlatSettings.IsIn(setting.Key, section)));
    }
}
