extern alias silo;

using Microsoft.Extensions.Configuration;
using silo::Reflex.Silo.Configuration;

namespace Reflex.Silo.Tests.Configuration;

public sealed class StorageConfigurationTests
{
    private const string Connection = "Reflex:Postgres:ConnectionString";
    private const string ConnectionFile = "Reflex:Postgres:ConnectionStringFile";

    [Fact]
    public void Read_WithoutSettings_IsTheDataFolder()
    {
        var storage = Read();
        Assert.Null(storage.Postgres);
        Assert.Equal($"the data folder {Path.GetFullPath("data")}", storage.Place);
    }

    [Fact]
    public void Place_OfPostgres_TellsTheServerAndNoPassword() => Assert.Equal(
        "PostgreSQL at db1,db2, database events, schema shop",
        Read(
            ("Reflex:Storage", "Postgres"),
            (Connection, "Host=db1,db2;Database=events;Username=me;Password=secret"),
            ("Reflex:Postgres:Schema", "shop")).Place);

    [Fact]
    public void Read_Postgres_HasItsConnectionFromTheSettingsOrFromAFile()
    {
        Assert.Equal("Host=a", Read(("Reflex:Storage", "Postgres"), (Connection, "Host=a")).Postgres!.ConnectionString);
        var file = Path.Combine(Directory.CreateTempSubdirectory("reflex-silo-").FullName, "secret");
        File.WriteAllText(file, "Host=b\n");
        Assert.Equal("Host=b", Read(("Reflex:Storage", "postgres"), (ConnectionFile, file)).Postgres!.ConnectionString);
    }

    [Fact]
    public void Read_PostgresWithoutOrWithTwoConnections_IsRefused()
    {
        Refused(
            "Reflex:Storage is Postgres: expected either Reflex:Postgres:ConnectionString, such as ", ("Reflex:Storage", "Postgres"));
        Refused(
            "Reflex:Postgres:ConnectionString and Reflex:Postgres:ConnectionStringFile are both set: leave one of them out.",
            ("Reflex:Storage", "Postgres"),
            (Connection, "Host=a"),
            (ConnectionFile, "b"));
    }

    [Fact]
    public void Read_ConnectionFileThatIsMissing_IsRefused() => Refused(
        "The file of Reflex:Postgres:ConnectionStringFile can't be read: ", ("Reflex:Storage", "Postgres"), (ConnectionFile, "/nowhere"));

    [Fact]
    public void Read_PostgresSettingsBesideTheDataFolder_AreRefused() => Refused(
        "The settings below Reflex:Postgres mean nothing with the data folder: set Reflex:Storage=Postgres, or leave them out.",
        (Connection, "Host=a"));

    private static void Refused(string expected, params (string Key, string Value)[] settings) =>
        Assert.StartsWith(expected, Assert.Throws<FormatException>(() => Read(settings)).Message, StringComparison.Ordinal);

    private static StorageConfiguration Read(params (string Key, string Value)[] settings) => StorageConfiguration.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)))
            .Build());
}
