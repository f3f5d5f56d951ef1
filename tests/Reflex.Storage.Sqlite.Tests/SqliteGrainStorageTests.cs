using System.Runtime.Versioning;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;

namespace Reflex.Storage.Sqlite.Tests;

public sealed class SqliteGrainStorageTests : IAsyncDisposable
{
    private static readonly GrainId Grain = GrainId.Create("test", "a");

    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-").FullName;
    private readonly List<SqliteGrainStorage> _open = [];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task WriteStateAsync_ThenReadBySomebodyElse_GivesTheState()
    {
        var state = new GrainState<List<int>>([1, 2]);
        await Open().WriteStateAsync("s", Grain, state);
        await DisposeAsync();

        var read = new GrainState<List<int>>();
        await Open().ReadStateAsync("s", Grain, read);

        Assert.Equal([1, 2], read.State);
        Assert.Equal(state.ETag, read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task ReadStateAsync_NothingStored_GivesAnEmptyStateWithoutETag()
    {
        var read = new GrainState<List<int>>();
        await Open().ReadStateAsync("s", Grain, read);

        Assert.Empty(read.State!);
        Assert.Null(read.ETag);
        Assert.False(read.RecordExists);
    }

    [Fact]
    public async Task WriteStateAsync_WithAnOlderVersion_ChangesNothing()
    {
        var storage = Open();
        var first = new GrainState<List<int>>([1]);
        var second = new GrainState<List<int>>([2]);
        await storage.WriteStateAsync("s", Grain, first);

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", Grain, second));
        await storage.ReadStateAsync("s", Grain, second);
        second.State = [3];
        await storage.WriteStateAsync("s", Grain, second);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", Grain, first));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("s", Grain, first));

        var read = new GrainState<List<int>>();
        await storage.ReadStateAsync("s", Grain, read);
        Assert.Equal([3], read.State);
    }

    [Fact]
    public async Task WriteStateAsync_ManyAtOnce_FailsOnlyTheOutdated()
    {
        var storage = Open();
        var states = Enumerable.Range(0, 500)
            .Select(i => (Grain: GrainId.Create("test", $"{i}"), State: new GrainState<List<int>>([i])))
            .ToList();
        await Task.WhenAll(states.Select(s => storage.WriteStateAsync("s", s.Grain, s.State)));
        var before = states.ConvertAll(s => s.State.ETag);
        states[250].State.ETag = "99";

        var writes = states.Select(s => storage.WriteStateAsync("s", s.Grain, s.State)).ToArray();
        await Assert.ThrowsAsync<InconsistentStateException>(() => Task.WhenAll(writes));

        Assert.Equal(250, writes.Index().Single(write => write.Item.IsFaulted).Index);
        Assert.DoesNotContain(states.Index(), one => one.Index != 250 && one.Item.State.ETag == before[one.Index]);
    }

    [Fact]
    public async Task WriteStateAsync_OfAVersionFromBeforeARemoval_IsRefused()
    {
        var storage = Open();
        var state = new GrainState<List<int>>([1]);
        await storage.WriteStateAsync("s", Grain, state);
        var late = new GrainState<List<int>>();
        await storage.ReadStateAsync("s", Grain, late);
        await storage.ClearStateAsync("s", Grain, state);
        state.State = [2];
        await storage.WriteStateAsync("s", Grain, state);

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", Grain, late));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("s", Grain, late));
        await storage.ReadStateAsync("s", Grain, late);
        Assert.Equal([2], late.State);
    }

    [Fact]
    public async Task ClearStateAsync_Stored_RemovesIt()
    {
        var storage = Open();
        var state = new GrainState<List<int>>([1]);
        await storage.WriteStateAsync("s", Grain, state);

        await storage.ClearStateAsync("s", Grain, state);

        var read = new GrainState<List<int>>();
        await storage.ReadStateAsync("s", Grain, read);
        Assert.False(read.RecordExists);
        await storage.WriteStateAsync("s", Grain, state);
    }

    [Fact]
    public async Task List_GivesTheRecordsOfTheNameWhoseGrainsBeginSo()
    {
        var storage = Open();
        foreach (var (type, key, state) in new[] { ("t", "a/1", "s"), ("t", "a/2", "s"), ("t", "a/1", "r"), ("t", "b/1", "s") })
        {
            await storage.WriteStateAsync(state, GrainId.Create(type, key), new GrainState<List<int>>([1]));
        }

        Assert.Equal(
            [("t/a/1", "s", "[1]"), ("t/a/2", "s", "[1]")],
            storage.List("s", "t/a/").Select(record => (record.Grain, record.State, Encoding.UTF8.GetString(record.Payload.Span))));
    }

    [Fact]
    public async Task ReadStateAsync_NewerFormat_RefusesAndTouchesNothing()
    {
        var path = Path.Combine(_folder, "reflex.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<StorageRefusedException>(
            () => Open().ReadStateAsync("s", Grain, new GrainState<List<int>>()));

        Assert.Contains("version 99", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadStateAsync_NoDatabase_SaysWhichFile()
    {
        var path = Path.Combine(_folder, "reflex.db");
        await File.WriteAllTextAsync(path, new string('t', 200), TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<StorageRefusedException>(
            () => Open().ReadStateAsync("s", Grain, new GrainState<List<int>>()));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadStateAsync_AfterAnOpeningThatFailed_OpensAgainAfterASecond()
    {
        var folder = _folder;
        File.Delete(Path.Combine(folder, "reflex.db"));
        Directory.Delete(folder);
        await File.WriteAllTextAsync(folder, "in the way", TestContext.Current.CancellationToken);
        var storage = Open();
        var error = await Assert.ThrowsAsync<StateStoreException>(() => ReadAsync(storage));
        Assert.Contains("the state 's' of test/a", error.Message, StringComparison.Ordinal);

        // Of all the grains that ask meanwhile none opens it.
        File.Delete(folder);
        await Assert.ThrowsAsync<StateStoreException>(() => ReadAsync(storage));
        Assert.False(Directory.Exists(folder));

        _time.Advance(TimeSpan.FromSeconds(1));
        await ReadAsync(storage);
        await storage.WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
    }

    [Fact]
    public async Task ReadStateAsync_OfManyUnknownGrains_OpensNothingForEach()
    {
        var storage = Open();
        await ReadAsync(storage);

        // Nothing can be opened any more; what is open is enough.
        Directory.Move(_folder, _folder + "-moved");
        for (var i = 0; i < 1024; i++)
        {
            await storage.ReadStateAsync("s", GrainId.Create("test", $"unknown-{i}"), new GrainState<List<int>>());
        }

        Directory.Move(_folder + "-moved", _folder);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Files_OfTheStorage_AreItsOwnersOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix");
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        await Open(DataAccess.Umask).WriteStateAsync("s", Grain, new GrainState<List<int>>([1]));
        await DisposeAsync();
        File.SetUnixFileMode(Path.Combine(_folder, "reflex.db"), (UnixFileMode)0b110_110_110);

        await Open().WriteStateAsync("s", GrainId.Create("test", "b"), new GrainState<List<int>>([1]));

        Assert.Equal(3, Directory.GetFiles(_folder).Length);
        Assert.All(
            Directory.GetFiles(_folder),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData("reflex.db")]
    [InlineData("reflex.db-wal")]
    public async Task ReadStateAsync_WhereALinkIsInTheFilesPlace_RefusesAndFollowsNothing(string name)
    {
        var target = Path.Combine(_folder, "target");
        File.CreateSymbolicLink(Path.Combine(_folder, name), target);

        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => ReadAsync(Open()));

        Assert.Contains($"{name} is a symbolic link", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in _open)
        {
            await storage.DisposeAsync();
        }

        _open.Clear();
    }

    private static Task ReadAsync(SqliteGrainStorage storage) => storage.ReadStateAsync("s", Grain, new GrainState<List<int>>());

    private SqliteGrainStorage Open(DataAccess access = DataAccess.Owner)
    {
        var storage = new SqliteGrainStorage(
            Options.Create(new DataFolderOptions { Path = _folder, Access = access }),
            new JsonStateSerializer(),
            _time,
            NullLogger<SqliteGrainStorage>.Instance);
        _open.Add(storage);
        return storage;
    }
}
