using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;

namespace Reflex.Storage.Sqlite.Tests;

/// <summary>The database of a folder that no silo uses, as it is verified and repaired.</summary>
public sealed class StoppedStateTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-").FullName;

    private string Database => Path.Combine(_folder, "reflex.db");

    [Fact]
    public async Task Verify_ReadsAllRecordsAndChangesNothing()
    {
        await StoreAsync("a", "b");
        var before = await File.ReadAllBytesAsync(Database, TestContext.Current.CancellationToken);

        Assert.Equal([("test/a", "s", "[1]"), ("test/b", "s", "[1]")], Records());
        Assert.Equal([Database], Directory.GetFiles(_folder));
        Assert.Equal(before, await File.ReadAllBytesAsync(Database, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Verify_NoDatabase_ReadsNothing() =>
        Assert.Null(SqliteStateVerifier.Verify<object>(_folder, _ => throw new InvalidOperationException("there is nothing to read")));

    [Fact]
    public async Task Verify_DamagedOrOfANewerVersion_NamesTheFile()
    {
        await StoreAsync("a");
        using (var connection = Connect())
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        Assert.Contains(
            $"{Database} has format version 99", Assert.Throws<LogCorruptedException>(Records).Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Database, new string('t', 5000), TestContext.Current.CancellationToken);
        Assert.Contains($"{Database} is damaged", Assert.Throws<LogCorruptedException>(Records).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_EmptyBesideLogs_SaysThatWhatItHeldIsLost()
    {
        await File.WriteAllBytesAsync(Database, [], TestContext.Current.CancellationToken);

        Assert.Empty(Records());
        var error = Assert.Throws<LogCorruptedException>(
            () => SqliteStateVerifier.Verify(_folder, records => records.ToList(), hasLogs: true, copyOf: "/elsewhere"));
        Assert.Contains($"{Path.Combine("/elsewhere", "reflex.db")} is empty", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OneOfTwo_GivesItAsItWasAndTheNextVersion()
    {
        var states = await StoreAsync("a", "b");

        var changed = SqliteStateRepair.Change(_folder, record => record.Grain == "test/b" ? Encoding.UTF8.GetBytes("[2]") : null);

        Assert.Equal([("test/b", "s", "[1]")], changed.Select(Text));
        Assert.Equal([("test/a", "s", "[1]"), ("test/b", "s", "[2]")], Records());
        await using var storage = Open();
        await storage.WriteStateAsync("s", GrainId.Create("test", "a"), states["a"]);
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("s", GrainId.Create("test", "b"), states["b"]));
    }

    [Fact]
    public async Task Change_ThatFailsHalfWay_ChangesNothing()
    {
        await StoreAsync("a", "b");

        Assert.Throws<InvalidOperationException>(() => SqliteStateRepair.Change(
            _folder, record => record.Grain == "test/a" ? Encoding.UTF8.GetBytes("[2]") : throw new InvalidOperationException("scripted")));

        Assert.Equal([("test/a", "s", "[1]"), ("test/b", "s", "[1]")], Records());
    }

    private static (string Grain, string State, string Payload) Text(StateRecord record) =>
        (record.Grain, record.State, Encoding.UTF8.GetString(record.Payload.Span));

    private List<(string Grain, string State, string Payload)> Records() =>
        SqliteStateVerifier.Verify(_folder, records => records.Select(Text).ToList())!;

    private async Task<Dictionary<string, GrainState<List<int>>>> StoreAsync(params string[] keys)
    {
        var states = keys.ToDictionary(key => key, _ => new GrainState<List<int>>([1]));
        await using var storage = Open();
        foreach (var (key, state) in states)
        {
            await storage.WriteStateAsync("s", GrainId.Create("test", key), state);
        }

        return states;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return connection;
    }

    private SqliteGrainStorage Open() => new(
        Options.Create(new DataFolderOptions { Path = _folder }),
        new JsonStateSerializer(),
        new FakeTimeProvider(),
        NullLogger<SqliteGrainStorage>.Instance);
}
