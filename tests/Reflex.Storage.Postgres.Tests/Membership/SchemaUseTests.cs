using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Membership;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Membership;

public sealed class SchemaUseTests(PostgresServer server)
{
    private static readonly ClusterMembershipOptions Membership = new()
    {
        IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10), NumMissedTableIAmAliveLimit = 3,
    };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Begin_ByAnotherService_IsRefusedNamingBoth()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            Use(number % 2 == 0 ? database.One : database.Other, "shop", $"blue{number}").BeginAsync(Token)));
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => Use(database.Other, "bank", "blue").BeginAsync(Token));
        Assert.Contains(
            "belongs to the service 'shop', and this silo is of the service 'bank'", error.Message, StringComparison.Ordinal);
        await Use(database.Other, "shop", "blue").BeginAsync(Token);
    }

    [Theory]
    [InlineData(SiloStatus.Joining)]
    [InlineData(SiloStatus.Active)]
    [InlineData(SiloStatus.Stopping)]
    public async Task Begin_ByAnotherCluster_IsRefusedUntilTheSilosOfTheOtherHaveSaidNothingForTheTimeOut(SiloStatus status)
    {
        await using var database = await TestDatabase.CreateAsync(server);
        var table = await InsertAsync(database.One, status);
        _clock.Advance(TimeSpan.FromSeconds(29));
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => Use(database.Other, "shop", "green").BeginAsync(Token));
        Assert.Contains("is used by the cluster 'blue', whose silo 127.0.0.1:11111@1 was alive at 2026-11-26 12:00:00Z",
            error.Message, StringComparison.Ordinal);
        Assert.Contains("this silo is of the cluster 'green'", error.Message, StringComparison.Ordinal);
        await Use(database.Other, "shop", "blue").BeginAsync(Token);

        var entry = Entry(status);
        await table.UpdateIAmAlive(entry);
        _clock.Advance(TimeSpan.FromSeconds(29));
        await Assert.ThrowsAsync<StorageRefusedException>(() => Use(database.Other, "shop", "green").BeginAsync(Token));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Use(database.Other, "shop", "green").BeginAsync(Token);
    }

    [Fact]
    public async Task Begin_ByAnotherClusterOnceTheSilosOfTheOtherAreDead_TakesOver()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        await InsertAsync(database.One, SiloStatus.Dead);
        await Use(database.Other, "shop", "green").BeginAsync(Token);
    }

    private async Task<PostgresMembershipTable> InsertAsync(PostgresDatabase silo, SiloStatus status)
    {
        var table = new PostgresMembershipTable(silo, Cluster("shop", "blue"), new MembershipClock(TimeProvider.System));
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        Assert.True(await table.InsertRow(Entry(status), (await table.ReadAll()).Version.Next()));
        return table;
    }

    private SchemaUse Use(PostgresDatabase silo, string service, string cluster) =>
        new(silo, Cluster(service, cluster), Options.Create(Membership), new MembershipClock(_clock));

    private static IOptions<ClusterOptions> Cluster(string service, string cluster) =>
        Options.Create(new ClusterOptions { ServiceId = service, ClusterId = cluster });

    private MembershipEntry Entry(SiloStatus status) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11111, 1),
        Status = status,
        HostName = "host",
        SiloName = "silo",
        StartTime = _clock.GetUtcNow().UtcDateTime,
        IAmAliveTime = _clock.GetUtcNow().UtcDateTime,
        SuspectTimes = [],
    };
}
