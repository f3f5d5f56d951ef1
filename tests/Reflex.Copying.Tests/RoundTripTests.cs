using System.IO.Compression;
using Reflex.Copying.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Copying.Tests;

/// <summary>What is copied is all there, byte for byte, from any storage to any other.</summary>
public sealed class RoundTripTests(PostgresServer server) : IDisposable
{
    private readonly Storages _storages = new(server);

    public void Dispose() => _storages.Dispose();

    [Fact]
    public async Task Copy_OfAFolderToPostgresAndBack_HoldsTheSame()
    {
        var random = Storages.Random();
        var folder = await _storages.FilledAsync(random);
        var expected = await Snapshot.OfAsync(folder);
        var database = await _storages.NewDatabaseAsync();
        var report = await Storages.CopyAsync(folder, database);
        Assert.True(report is { IsVerified: true, HasState: true, Deleted: > 0 });
        Assert.Equal(report.Events, report.Imported);
        Assert.Equal(expected, await Snapshot.OfAsync(database));
        var back = _storages.NewFolder();
        await Storages.CopyAsync(database, back);
        Assert.Equal(expected, await Snapshot.OfAsync(back));

        // Between two of a kind.
        var (otherFolder, otherDatabase) = (_storages.NewFolder(), await _storages.NewDatabaseAsync());
        await Storages.CopyAsync(back, otherFolder);
        await Storages.CopyAsync(database, otherDatabase, isVerified: false);
        Assert.Equal(expected, await Snapshot.OfAsync(otherFolder));
        Assert.Equal(expected, await Snapshot.OfAsync(otherDatabase));
        Assert.Equal(expected, await Snapshot.OfAsync(folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_ThenOwners_GoOnAfterTheIdsAndEpochsOfTheSource(bool isDatabase)
    {
        var random = Storages.Random();
        var folder = await _storages.FilledAsync(random);
        var target = await _storages.NewAsync(isDatabase);
        await Storages.CopyAsync(folder, target);
        await using var source = await Silo.StartAsync(folder);
        await using var copied = await Silo.StartAsync(target);
        var content = new Content(random);
        var token = TestContext.Current.CancellationToken;
        var deleted = (await source.Logs.ListDeletedAsync(token)).Select(log => log.Partition).ToList();
        Assert.NotEmpty(deleted);
        foreach (var partition in (await source.Logs.ListAsync(null, token)).Concat(deleted))
        {
            var epoch = await source.Logs.GetEpochAsync(partition, token);
            await using var before = await source.Logs.OpenAsync(partition, token);
            await using var after = await copied.Logs.OpenAsync(partition, token);
            Assert.True(after.Epoch > epoch);
            Assert.NotEqual(before.Epoch, after.Epoch);
            Assert.Equal(before.Bounds.Head, after.Bounds.Head);
            Assert.Equal(before.Bounds.Oldest, after.Bounds.Oldest);
            Assert.Equal(before.Bounds.HeadEpoch, after.Bounds.HeadEpoch);
            await content.AppendAsync(after);
        }
    }

    [Fact]
    public async Task Copy_OfAFolderOfTheFirstFormat_HoldsTheSame()
    {
        var folder = _storages.NewFolder();
        await ZipFile.ExtractToDirectoryAsync(
            Path.Combine(AppContext.BaseDirectory, "data-of-format-1.zip"), folder, TestContext.Current.CancellationToken);
        var data = Directory.Exists(Path.Combine(folder, "data")) ? Path.Combine(folder, "data") : folder;
        var expected = await Snapshot.OfAsync(data);
        var (database, back) = (await _storages.NewDatabaseAsync(), _storages.NewFolder());
        await Storages.CopyAsync(data, database);
        await Storages.CopyAsync(database, back);
        Assert.Equal(expected, await Snapshot.OfAsync(database));
        Assert.Equal(expected, await Snapshot.OfAsync(back));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_OfAStorageThatHoldsNothing_IsOne(bool isDatabase)
    {
        var folder = _storages.NewFolder();
        await using (await Silo.StartAsync(folder))
        {
        }

        var target = await _storages.NewAsync(isDatabase);
        var report = await Storages.CopyAsync(folder, target);
        Assert.True(report is { Partitions: 0, Records: 0, HasState: false });
        await using var silo = await Silo.StartAsync(target);
        Assert.Empty(await silo.Logs.ListAsync(null, TestContext.Current.CancellationToken));
    }
}
