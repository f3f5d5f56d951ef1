using Npgsql;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Configuration;

/// <summary>What the silo keeps everything in, by the settings.</summary>
/// <param name="Data">The data folder.</param>
/// <param name="Postgres">The PostgreSQL; null where the data folder is used.</param>
internal sealed record StorageConfiguration(DataConfiguration Data, PostgresSettings? Postgres)
{
    /// <summary>Where everything is, for people.</summary>
    public string Place => Postgres is null ? $"the data folder {Path.GetFullPath(Data.Path)}" : Describe(Postgres);

    /// <summary>Reads what was checked.</summary>
    /// <exception cref="FormatException">Settings of a storage contradict each other or are missing; the message names them.</exception>
    public static StorageConfiguration Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(ReflexSettings.Section);
        var data = DataConfiguration.Read(configuration);
        var section = settings.GetSection(ReflexSettings.Postgres);
        if (settings.GetValue(ReflexSettings.Storage, StorageKind.Files) == StorageKind.Postgres)
        {
            return new StorageConfiguration(data, ReadPostgres(section));
        }

        return section.Exists()
            ? throw new FormatException(
                $"The settings below {section.Path} mean nothing with the data folder: set "
                + $"{ReflexSettings.Section}:{ReflexSettings.Storage}={StorageKind.Postgres}, or leave them out.")
            : new StorageConfiguration(data, Postgres: null);
    }

    /// <summary>Chooses the storage.</summary>
    public IReflexBuilder Apply(IReflexBuilder reflex) => Postgres is null
        ? reflex.UseFileLog(Data.Path, options => options.Access = Data.Access).UseSqliteState()
        : reflex.UsePostgres(Postgres.ConnectionString!, options =>
        {
            options.ConnectionStringFile = Postgres.ConnectionStringFile;
            options.Schema = Postgres.Schema ?? options.Schema;
        });

    private static string Describe(PostgresSettings postgres)
    {
        var server = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        return $"PostgreSQL at {server.Host}, database {server.Database ?? server.Username}"
            + (postgres.Schema is { } schema ? $", schema {schema}" : "");
    }

    private static PostgresSettings ReadPostgres(IConfigurationSection section)
    {
        var postgres = section.Get<PostgresSettings>() ?? new PostgresSettings();
        var (text, file) = (nameof(postgres.ConnectionString), nameof(postgres.ConnectionStringFile));
        if (postgres is { ConnectionString: not null, ConnectionStringFile: not null })
        {
            throw new FormatException($"{section.Path}:{text} and {section.Path}:{file} are both set: leave one of them out.");
        }

        if (postgres is { ConnectionString: null, ConnectionStringFile: null })
        {
            throw new FormatException(
                $"{ReflexSettings.Section}:{ReflexSettings.Storage} is {StorageKind.Postgres}: expected either {section.Path}:{text}, such "
                + $"as 'Host=db;Database=reflex;Username=reflex;Password=…', or {section.Path}:{file}, a file that holds it.");
        }

        if (postgres.ConnectionStringFile is { } path)
        {
            try
            {
                postgres.ConnectionString = File.ReadAllText(path).Trim();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new FormatException($"The file of {section.Path}:{file} can't be read: {error.Message}", error);
            }
        }

        return postgres;
    }
}
