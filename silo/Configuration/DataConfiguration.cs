using Reflex.Silo.Settings;
using Reflex.Storage;

namespace Reflex.Silo.Configuration;

/// <summary>The data folder of the settings.</summary>
/// <param name="Path"><c>Reflex:DataPath</c>: where it is.</param>
/// <param name="Access"><c>Reflex:DataAccess</c>: who may use it.</param>
internal sealed record DataConfiguration(string Path, DataAccess Access)
{
    /// <summary>Reads what was checked.</summary>
    public static DataConfiguration Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(ReflexSettings.Section);
        return new DataConfiguration(
            settings[ReflexSettings.DataPath] ?? "data",
            settings.GetValue(ReflexSettings.DataAccess, DataAccess.Owner));
    }

    /// <summary>The data folder of the settings that a silo with these arguments would have, from wherever it has them.</summary>
    /// <exception cref="FormatException">
    /// A setting means nothing or isn't what it should be, or the silo keeps nothing in a data folder; the message says which.
    /// </exception>
    public static DataConfiguration Read(string[] arguments)
    {
        var configuration = CheckedBuilder.Create(arguments).Configuration;
        var storage = $"{ReflexSettings.Section}:{ReflexSettings.Storage}";
        return configuration.GetValue(storage, StorageKind.Files) == StorageKind.Files
            ? Read(configuration)
            : throw new FormatException(
                $"{storage} is {configuration[storage]}, and what this silo has is there, not in a data folder: save and restore it "
                + $"by PostgreSQL's own means, such as pg_dump, or add --{storage}={StorageKind.Files} where a data folder is meant.");
    }
}
