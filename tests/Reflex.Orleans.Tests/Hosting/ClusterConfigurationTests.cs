using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Testing;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Hosting;

/// <summary>In a cluster nothing that only one silo can see is taken for a storage.</summary>
public sealed class ClusterConfigurationTests
{
    private const string SharedMembership = nameof(NoMembership);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_InAClusterWithALogOfOneSilo_IsRefused()
    {
        var error = await StartAsync(silo => silo.Services.AddSingleton<IMembershipTable, NoMembership>(), new LocalLogs(), isShared: true);

        Assert.Contains($"({SharedMembership}) but the local logs serves a single silo", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InAClusterWithTheStateOfOneSilo_IsRefused()
    {
        var error = await StartAsync(
            silo => silo.Services.AddSingleton<IMembershipTable, NoMembership>(), new MemoryEventLogProvider(), isShared: false);

        Assert.Contains($"({SharedMembership}) but cursors and stream definitions", error.Message, StringComparison.Ordinal);
        Assert.Contains("would go to the SQLite file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InAClusterWithAnotherStateOfOneSilo_IsRefusedNamingIt()
    {
        var error = await StartAsync(
            silo => silo
                .ConfigureServices(services => services
                    .AddKeyedSingleton<IGrainStorage>(ReflexStorageNames.GrainStorage, new LocalState())
                    .AddSingleton<IMembershipTable, NoMembership>()),
            new MemoryEventLogProvider(),
            isShared: false);

        Assert.Contains("would go to the notes of this silo, which the other silos can't see", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "the local logs serves a single silo")]
    [InlineData(true, false, "would go to the SQLite file")]
    [InlineData(true, true, "membership is in the memory of one of its silos")]
    public async Task Start_WithTheMembershipOfAnotherSilo_IsRefused(bool isLogShared, bool isStateShared, string expected)
    {
        IEventLogProvider logs = isLogShared ? new MemoryEventLogProvider() : new LocalLogs();
        var primary = new IPEndPoint(IPAddress.Loopback, Ports.Free());

        var error = await StartAsync(
            silo => silo.UseLocalhostClustering(Ports.Free(), Ports.Free(), primary), logs, isStateShared);

        Assert.Contains($"development clustering at {primary}", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithConfiguredDevelopmentClusteringElsewhere_IsRefused()
    {
        var primary = new IPEndPoint(IPAddress.Loopback, Ports.Free());

        var error = await StartAsync(
            _ => { },
            new MemoryEventLogProvider(),
            isShared: true,
            new()
            {
                ["Orleans:Clustering:ProviderType"] = "Development",
                ["Orleans:Clustering:PrimarySiloEndPoint"] = primary.ToString(),
                ["Orleans:Endpoints:AdvertisedIPAddress"] = "127.0.0.1",
                ["Orleans:Endpoints:SiloPort"] = $"{Ports.Free()}",
                ["Orleans:Endpoints:GatewayPort"] = $"{Ports.Free()}",
            });

        Assert.Contains($"development clustering at {primary}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhileTheStorageFailsForAMoment_Succeeds()
    {
        var storage = new ScriptedStorage();
        var failures = 0;
        storage.BeforeWrite = () => ++failures <= 3 ? throw new IOException("away") : Task.CompletedTask;

        await using var silo = await SessionSilo.StartAsync(events: 1, storage: storage);

        Assert.True(failures > 3);
        Assert.Single(await silo.Reflex.ListStreamsAsync(Token));
    }

    private static async Task<OrleansConfigurationException> StartAsync(
        Action<ISiloBuilder> configure, IEventLogProvider logs, bool isShared, Dictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddSingleton(logs);
        if (isShared)
        {
            builder.Services.AddKeyedSingleton<IGrainStorage>(ReflexStorageNames.GrainStorage, new ScriptedStorage());
        }

        builder.UseOrleans(silo =>
        {
            configure(silo);
            silo.AddReflex(reflex => reflex.UseSqliteState());
        });
        using var host = builder.Build();
        return await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync(Token));
    }

    private sealed class NoMembership : IMembershipTable
    {
        public Task InitializeMembershipTable(bool tryInitTableVersion) => throw new NotSupportedException();

        public Task DeleteMembershipTableEntries(string clusterId) => throw new NotSupportedException();

        public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => throw new NotSupportedException();

        public Task<MembershipTableData> ReadRow(SiloAddress key) => throw new NotSupportedException();

        public Task<MembershipTableData> ReadAll() => throw new NotSupportedException();

        public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => throw new NotSupportedException();

        public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => throw new NotSupportedException();

        public Task UpdateIAmAlive(MembershipEntry entry) => throw new NotSupportedException();
    }

    private sealed class LocalState : IGrainStorage, ILocalState
    {
        public string Name => "the notes of this silo";

        public Task StartAsync(IEventLogProvider logs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<StateRecord> List(string state, string grainPrefix) => throw new NotSupportedException();

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
    }

    private sealed class LocalLogs : IEventLogProvider
    {
        public string Name => "local logs";

        public bool ServesClusters => false;

        public Durability Durability => Durability.Flushed;

        public ValueTask StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IEventLog> OpenAsync(Streams.PartitionId partition, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyCollection<Streams.PartitionId>> ListAsync(
            Streams.StreamName? stream, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask BeginAsync(Streams.PartitionId partition, LogStart start, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<IEventLogReader?> OpenReaderAsync(Streams.PartitionId partition, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<long> GetEpochAsync(Streams.PartitionId partition, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

    public ValueTask DeleteAsync(Streams.PartitionId partition, long epoch, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
