using Microsoft.Extensions.Configuration.Memory;

namespace Reflex.Silo.Reloading;

/// <summary>Keeps the silo serving, whatever becomes of its files of settings.</summary>
internal static class ReloadingConfiguration
{
    /// <summary>
    /// Replaces the host's files of settings by such that keep what they have, and the server's view of them by one in which no endpoint
    /// goes away. Levels of the log that no file sets are those that come with the silo. Called before anything reads a setting.
    /// </summary>
    public static void UseSettingsFiles(this WebApplicationBuilder builder)
    {
        SettingsFileSource.ReplaceAll(builder.Configuration);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = StockSettings.Of("Logging") });
        var endpoints = EndpointSettings.From(builder.Configuration);
        builder.Services.AddSingleton(endpoints);
        builder.Services.AddSingleton(_ => new SettingsLayers(builder.Configuration));
        builder.Services.AddSingleton<EndpointRehearsal>().AddSingleton<ChangedSettingsCheck>().AddSingleton<SettingsReload>();
        builder.Services.AddHostedService<SettingsWatch>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Configure(endpoints.Configuration, reloadOnChange: true));
    }
}
