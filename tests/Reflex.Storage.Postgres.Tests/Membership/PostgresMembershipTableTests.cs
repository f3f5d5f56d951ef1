using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Membership;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Membership;

public class PostgresMembershipTableTests(PostgresServer server)
{
    private static readonly DateTime Now = new(2026, 11, 26, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>Whether a PgBouncer is between the silo and the server.</summary>
    protected virtual bool IsPooled => false;

    [Fact]
    public async Task Insert_OfASilo_IsReadWithAllOfIt()
    {
        await using var database = await CreateAsync();
        var (one, other) = (await TableAsync(database.One), await TableAsync(database.Other));
        Assert.Empty((await other.ReadAll()).Members);
        var entry = Entry(1, SiloStatus.Active);
        entry.AddSuspector(Entry(2).SiloAddress, Now);
        Assert.True(await one.InsertRow(entry, (await one.ReadAll()).Version.Next()));
        var (read, _) = Assert.Single((await other.ReadAll()).Members);
        Assert.Equal(entry.ToFullString(), read.ToFullString());
        Assert.Equal(entry.SuspectTimes, read.SuspectTimes);
        Assert.Equal(entry.StartTime, read.StartTime);
        Assert.Equal(entry.ProxyPort, read.ProxyPort);
        Assert.Single((await other.ReadRow(entry.SiloAddress)).Members);
        Assert.Empty((await other.ReadRow(Entry(9).SiloAddress)).Members);
        Assert.Equal(1, (await other.ReadRow(Entry(9).SiloAddress)).Version.Version);
    }

    [Fact]
    public async Task Insert_WithAnOldVersionOrOfASiloThatIsThere_IsRefused()
    {
        await using var database = await CreateAsync();
        var table = await TableAsync(database.One);
        var before = (await table.ReadAll()).Version.Next();
        Assert.True(await table.InsertRow(Entry(1), before));
        Assert.False(await table.InsertRow(Entry(2), before));
        Assert.False(await table.InsertRow(Entry(1), (await table.ReadAll()).Version.Next()));
        var read = await table.ReadAll();
        Assert.Single(read.Members);
        Assert.Equal(1, read.Version.Version);
    }

    [Fact]
    public async Task Update_WithAnOldVersionOrETag_IsRefused()
    {
        await using var database = await CreateAsync();
        var table = await TableAsync(database.One);
        Assert.True(await table.InsertRow(Entry(1), (await table.ReadAll()).Version.Next()));
        var read = await table.ReadAll();
        var (entry, etag) = read.Members[0];
        entry.Status = SiloStatus.Active;
        Assert.True(await table.UpdateRow(entry, etag, read.Version.Next()));
        Assert.False(await table.UpdateRow(entry, etag, read.Version.Next()));
        Assert.False(await table.UpdateRow(entry, etag, (await table.ReadAll()).Version.Next()));
        Assert.Equal(SiloStatus.Active, (await table.ReadAll()).Members[0].Item1.Status);
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Update_OfManySilosAtOnce_LetsOneThroughForEachVersion()
    {
        await using var database = await CreateAsync();
        var tables = new[] { await TableAsync(database.One), await TableAsync(database.Other) };
        var version = (await tables[0].ReadAll()).Version.Next();
        var inserted = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => tables[number % 2].InsertRow(Entry(number), version)));
        Assert.Single(inserted, isDone => isDone);
        Assert.Single((await tables[0].ReadAll()).Members);
    }

    [Fact]
    public async Task Alive_OfASilo_IsNoChangeOfTheMembership()
    {
        await using var database = await CreateAsync();
        var table = await TableAsync(database.One);
        var entry = Entry(1);
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        entry.IAmAliveTime = Now.AddMinutes(3);
        await table.UpdateIAmAlive(entry);
        var read = await table.ReadAll();
        Assert.Equal(Now.AddMinutes(3), read.Members[0].Item1.IAmAliveTime);
        Assert.Equal(1, read.Version.Version);
    }

    [Fact]
    public async Task Cleanup_OfDeadSilos_LeavesOthersAndYoungOnes()
    {
        await using var database = await CreateAsync();
        var table = await TableAsync(database.One);
        foreach (var (number, status, age) in new[]
                 {
                     (1, SiloStatus.Dead, 2), (2, SiloStatus.Active, 2), (3, SiloStatus.Dead, 0), (4, SiloStatus.Dead, 2),
                 })
        {
            var entry = Entry(number, status);
            entry.StartTime = entry.IAmAliveTime = Now.AddDays(-age);
            if (number == 4)
            {
                // Found dead a moment ago: it must be able to see that.
                entry.AddSuspector(Entry(2).SiloAddress, Now);
            }

            Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        }

        await table.CleanupDefunctSiloEntries(Now.AddDays(-1));
        Assert.Equal(
            [Entry(2).SiloAddress, Entry(3).SiloAddress, Entry(4).SiloAddress],
            (await table.ReadAll()).Members.Select(member => member.Item1.SiloAddress).Order());
        await table.DeleteMembershipTableEntries("test");
        Assert.Empty((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task Gateways_OfACluster_AreThoseOfActiveSilosThatHaveOne()
    {
        await using var database = await CreateAsync();
        var table = await TableAsync(database.One);
        var without = Entry(3, SiloStatus.Active);
        without.ProxyPort = 0;
        foreach (var entry in new[] { Entry(1, SiloStatus.Active), Entry(2, SiloStatus.Joining), without })
        {
            Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        }

        var gateways = new PostgresGateways(database.Other, Cluster(), Options.Create(new GatewayOptions()));
        await gateways.InitializeGatewayListProvider();
        var gateway = Assert.Single(await gateways.GetGateways());
        Assert.Equal("127.0.0.1", gateway.Host);
        Assert.Equal(30001, gateway.Port);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Times_OfASiloWhoseClockIsWrong_AreRightForTheOthers(int hours)
    {
        await using var database = await CreateAsync();
        var own = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(hours));
        var clock = new MembershipClock(own);
        var (wrong, right) = (await TableAsync(database.One, clock), await TableAsync(database.Other));
        var version = (await wrong.ReadAll()).Version.Next();
        var entry = Entry(1, SiloStatus.Active);
        entry.StartTime = own.GetUtcNow().UtcDateTime;
        entry.IAmAliveTime = clock.GetUtcNow().UtcDateTime;
        entry.AddSuspector(Entry(2).SiloAddress, entry.IAmAliveTime);
        Assert.True(await wrong.InsertRow(entry, version));
        await wrong.UpdateIAmAlive(entry);

        AssertTimes((await right.ReadAll()).Members);
        AssertTimes((await wrong.ReadAll()).Members);
    }

    [Fact]
    public async Task Silo_ThatSaysThatItWillBeAlive_IsAliveNow()
    {
        await using var database = await CreateAsync();
        var table = await TableAsync(database.One);
        var future = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1);
        var entry = Entry(1);
        entry.IAmAliveTime = future;
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        await RequirePastAsync();
        await table.UpdateIAmAlive(entry);
        var (_, etag) = await RequirePastAsync();
        Assert.True(await table.UpdateRow(entry, etag, (await table.ReadAll()).Version.Next()));
        await RequirePastAsync();

        async Task<Tuple<MembershipEntry, string>> RequirePastAsync()
        {
            var found = Assert.Single((await table.ReadAll()).Members);
            Assert.InRange(found.Item1.IAmAliveTime, future.AddHours(-2), future.AddMinutes(-30));
            return found;
        }
    }

    [Fact]
    public async Task ReadAll_AfterASiloWithAClockThatWasAheadHasDied_LeavesItsAddressToOthers()
    {
        await using var database = await CreateAsync();
        var table = await TableAsync(database.One);
        var ahead = Entry(1);
        var generation = SiloAddress.AllocateNewGeneration();
        ahead.SiloAddress = SiloAddress.New(ahead.SiloAddress.Endpoint, generation + 3600);
        Assert.True(await table.InsertRow(ahead, (await table.ReadAll()).Version.Next()));
        var (read, etag) = Assert.Single((await table.ReadAll()).Members);
        read.Status = SiloStatus.Dead;
        Assert.True(await table.UpdateRow(read, etag, (await table.ReadAll()).Version.Next()));
        Assert.Empty((await table.ReadAll()).Members);

        var next = Entry(1);
        next.SiloAddress = SiloAddress.New(ahead.SiloAddress.Endpoint, generation);
        Assert.True(await table.InsertRow(next, (await table.ReadAll()).Version.Next()));
        Assert.Equal(next.SiloAddress, Assert.Single((await table.ReadAll()).Members).Item1.SiloAddress);
    }

    private Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync(server, isPrepared: false, IsPooled);

    private static void AssertTimes(IReadOnlyList<Tuple<MembershipEntry, string>> members)
    {
        var (read, _) = Assert.Single(members);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.All(
            [read.StartTime, read.IAmAliveTime, Assert.Single(read.SuspectTimes!).Item2],
            time => Assert.InRange(time, now.AddMinutes(-2), now.AddMinutes(2)));
    }

    private static IOptions<ClusterOptions> Cluster() => Options.Create(new ClusterOptions { ClusterId = "test", ServiceId = "test" });

    private static async Task<PostgresMembershipTable> TableAsync(PostgresDatabase silo, MembershipClock? clock = null)
    {
        var table = new PostgresMembershipTable(silo, Cluster(), clock ?? new MembershipClock(TimeProvider.System));
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        return table;
    }

    private static MembershipEntry Entry(int number, SiloStatus status = SiloStatus.Joining) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11110 + number, 1),
        Status = status,
        ProxyPort = 30000 + number,
        HostName = "host",
        SiloName = $"silo{number}",
        RoleName = "reflex",
        UpdateZone = 1,
        FaultZone = 2,
        StartTime = Now,
        IAmAliveTime = Now,
        SuspectTimes = [],
    };
}
