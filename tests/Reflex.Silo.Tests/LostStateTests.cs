using System.Net;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>A data folder whose database of cursors and stream definitions was lost, or is hidden by something else.</summary>
public sealed class LostStateTests
{
    private const string Empty = "reflex.db is empty, and there are logs of partitions beside it";
    private const string Missing = "has logs and no database reflex.db: the cursors and stream definitions are stored elsewhere, or lost.";

    private readonly string _backups = Directory.CreateTempSubdirectory("reflex-backups-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EmptyDatabase_BesideLogs_IsDamageAndRefusedByEverything(bool hasBytes)
    {
        var folder = await DataFolders.StoppedAsync();
        var database = DatabaseOf(folder);
        Clear(database, hasBytes);
        var before = DataFolders.Snapshot(folder);

        var verify = await DataFolders.RunAsync(folder, "verify", "data");
        Assert.Equal(1, verify.Code);
        Assert.Contains("\ndamage: The database ", verify.Printed, StringComparison.Ordinal);
        Assert.Contains(Empty, verify.Printed, StringComparison.Ordinal);
        Assert.Contains("\nDAMAGED: ", verify.Printed, StringComparison.Ordinal);
        Assert.Equal(before, DataFolders.Snapshot(folder));
        await DataFolders.RefusedAsync(1, $"data/{Empty}", folder, "backup", Path.Combine(_backups, "monday"));
        var restored = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var restore = await DataFolders.RunAsync(restored, "restore", Path.Combine(folder, "data"));
        Assert.True(restore.Code == 1 && restore.Printed.Contains(Empty, StringComparison.Ordinal), restore.Printed);
        Assert.Empty(Directory.GetFileSystemEntries(_backups).Concat(Directory.GetFileSystemEntries(restored)));

        var bytes = await File.ReadAllBytesAsync(database, Token);
        await StartIsRefusedAsync(folder, Empty);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(database, Token));
    }

    [Fact]
    public async Task EmptyDatabase_WithoutLogs_IsSoundAndAStartMakesIt()
    {
        var folder = await DataFolders.StoppedAsync();
        Clear(DatabaseOf(folder), hasBytes: false);
        Directory.Delete(Path.Combine(folder, "data", "streams"), recursive: true);
        Assert.Equal(0, (await DataFolders.RunAsync(folder, "verify", "data")).Code);

        await using var silo = await StockSilo.StartAsync(folder);
        Assert.DoesNotContain("begin anew", silo.Process.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingDatabase_BesideLogs_IsNotedByEverything()
    {
        var folder = await DataFolders.StoppedAsync();
        File.Delete(DatabaseOf(folder));

        var verify = await DataFolders.RunAsync(folder, "verify", "data");
        Assert.True(verify.Code == 0 && verify.Printed.Contains(Missing, StringComparison.Ordinal), verify.Printed);
        var backup = await DataFolders.RunAsync(folder, "backup", Path.Combine(_backups, "monday"));
        Assert.True(backup.Code == 0 && backup.Printed.Contains(Missing, StringComparison.Ordinal), backup.Printed);
        var restored = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var restore = await DataFolders.RunAsync(restored, "restore", Path.Combine(_backups, "monday"));
        Assert.True(restore.Code == 0 && restore.Printed.Contains(Missing, StringComparison.Ordinal), restore.Printed);

        await using (var silo = await StockSilo.StartAsync(folder))
        {
            Assert.Single(
                silo.Process.Printed.Split('\n'), line => line.Contains("streams and cursors begin anew", StringComparison.Ordinal));
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        await using var next = await StockSilo.StartAsync(folder);
        Assert.DoesNotContain("begin anew", next.Process.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingDatabase_ThenAStreamWithFewerPartitionsThanLogs_IsRefused()
    {
        var folder = await DataFolders.StoppedAsync();
        File.Delete(DatabaseOf(folder));
        Directory.CreateDirectory(Path.Combine(folder, "data", "streams", "many", "7"));
        await using var silo = await StockSilo.StartAsync(folder);

        using var fewer = await silo.Client.PutAsJsonAsync("/streams/many", new { partitions = 3 }, Token);
        Assert.Equal(HttpStatusCode.Conflict, fewer.StatusCode);
        Assert.Contains("stored with 8 partitions", await fewer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var same = await silo.Client.PutAsJsonAsync("/streams/many", new { partitions = 8 }, Token);
        Assert.Equal(HttpStatusCode.Created, same.StatusCode);
    }

    [Fact]
    public async Task Verify_StreamsOfWhichNotEveryPartitionHasALog_NotesThem()
    {
        var folder = await DataFolders.StopAsync("--Reflex:Streams:many:Partitions=8", "--Reflex:Streams:one:Partitions=1");
        DataFolders.Copy(
            Path.Combine(folder, "data", "streams", "demo", "0"), Path.Combine(folder, "data", "streams", "many", "3"));

        var (_, printed, _) = await DataFolders.RunAsync(folder, "verify", "data");

        Assert.Contains(
            "\nnote: The stream many is defined with 8 partitions, and there is no log of 0-2, 4-7: never used, or lost.\n",
            printed,
            StringComparison.Ordinal);
        Assert.Contains(
            "\nnote: The stream one is defined with 1 partitions, and there is no log of any: never used, or lost.\n",
            printed,
            StringComparison.Ordinal);
        Assert.DoesNotContain("The stream demo", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    public async Task Start_WithAPipeBesideTheDatabase_IsRefusedInOneSentence(string suffix)
    {
        var folder = await DataFolders.StoppedAsync();
        var pipe = DatabaseOf(folder) + suffix;
        await using var mkfifo = Running.Start("mkfifo", folder, pipe);
        Assert.Equal(0, await mkfifo.EndsAsync());

        await StartIsRefusedAsync(folder, $"reflex.db{suffix} is a pipe where a file was expected");
    }

    private static string DatabaseOf(string folder) => Path.Combine(folder, "data", "reflex.db");

    private static void Clear(string database, bool hasBytes)
    {
        File.WriteAllBytes(database, []);
        if (hasBytes)
        {
            using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA user_version = 1";
            command.ExecuteNonQuery();
        }
    }

    private static async Task StartIsRefusedAsync(string folder, string expected)
    {
        await using var silo = StockSilo.Launch(folder);
        Assert.Equal(1, await silo.Process.EndsAsync());
        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }
}
