using System.Globalization;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

/// <summary>A server of its own, whose disk is full.</summary>
public sealed class FullServerTests(PostgresServer shared)
{
    private const int MetadataSize = 4000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_WithoutRoomForTheEvents_SaysSoAndTheLogGoesOnWhenThereIsSome()
    {
        await shared.CreateDatabaseAsync();
        using var disk = SmallDisk.Mount(kib: 4096);
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var database = await TestDatabase.CreateAsync(server);
        await PostgresServer.OwnAsync(disk.Path);
        await database.ExecuteAsync($"create tablespace small location '{disk.Path}'");
        await database.ExecuteAsync(
            "alter table reflex.batches set tablespace small; alter index reflex.batches_pkey set tablespace small");
        using var provider = database.Logs(database.One);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        disk.Fill(leftKib: 300);
        var (acknowledged, error) = await AppendUntilItFailsAsync(log, "before");
        Assert.IsType<LogFullException>(error);
        Assert.Null(log.Failure);
        Assert.Equal(acknowledged, await log.ReadAllAsync());
        await Assert.ThrowsAsync<LogFullException>(() => log.AppendAsync("full", MetadataSize));

        disk.FreeRoom();
        await log.AppendAsync("after", MetadataSize);
        Assert.Equal([.. acknowledged, "after"], await log.ReadAllAsync());
    }

    [Fact]
    public async Task Append_WithoutRoomForTheServersOwnLog_LosesNothingAcknowledged()
    {
        await shared.CreateDatabaseAsync();
        using var disk = SmallDisk.Mount(kib: 65_536);
        await PostgresServer.OwnAsync(disk.Path);
        await using var server = new PostgresServer { WalFolder = Path.Combine(disk.Path, "wal") };
        await server.InitializeAsync();
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        disk.Fill(leftKib: 0);
        var (acknowledged, error) = await AppendUntilItFailsAsync(log, "before");
        Assert.Same(error, log.Failure);

        disk.FreeRoom();
        await server.KillAsync();
        await server.StartAsync();
        log = await ServerRestartTests.OpenAsync(provider);
        var found = await log.ReadAllAsync();
        Assert.Equal(acknowledged, found.Take(acknowledged.Count));
        Assert.InRange(found.Count - acknowledged.Count, 0, 1);
        await log.AppendAsync("after");
    }

    private static async Task<(List<string> Acknowledged, LogFailedException Error)> AppendUntilItFailsAsync(IEventLog log, string name)
    {
        var acknowledged = new List<string>();
        while (true)
        {
            var foreignId = string.Create(CultureInfo.InvariantCulture, $"{name}-{acknowledged.Count}");
            try
            {
                await log.AppendAsync(foreignId, MetadataSize);
                acknowledged.Add(foreignId);
            }
            catch (LogFailedException error)
            {
                return (acknowledged, error);
            }
        }
    }
}
