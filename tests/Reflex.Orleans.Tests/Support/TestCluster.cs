using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.TestingHost;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>Silos of one cluster in one process, on logs in memory and a storage of cursors that they share.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private Action<ISiloBuilder> _next = _ => { };

    private TestCluster(Action<ReflexOptions> options, TestCluster? beside = null)
    {
        Logs = beside?.Logs ?? new MemoryEventLogProvider();
        Storage = beside?.Storage ?? new ScriptedStorage();
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 0);
        builder.Options.InitializeClientOnDeploy = false;
        builder.Options.ConfigureFileLogging = false;
        // These silos come and go faster than those of a deployment.
        builder.ConfigureClient(client => client
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromMilliseconds(500))
            .AddReflexClient());
        builder.ConfigureClientHost(host => host.ConfigureContainer(new DefaultServiceProviderFactory(), LastingGateways.Add));
        builder.ConfigureSiloHost((_, host) => host.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Information));
        builder.ConfigureSilo((_, silo) =>
        {
            // A dead silo is to be known as dead soon, and no other one.
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                membership.ProbeTimeout = TimeSpan.FromSeconds(1);
                membership.MaxProbeTimeout = TimeSpan.FromSeconds(4);
                membership.NumMissedProbesLimit = 2;
                membership.NumVotesForDeathDeclaration = 1;
            });
            silo.Services.AddSingleton<IEventLogProvider>(Logs);
            silo.Services.AddKeyedSingleton<IGrainStorage>(ReflexStorageNames.GrainStorage, Storage);
            silo.Services.Configure<ReflexOptions>(reflex =>
            {
                reflex.RetryBackoff = new() { Initial = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromMilliseconds(200) };
                options(reflex);
            });
            _next(silo);
        });
        _cluster = builder.Build();
    }

    public MemoryEventLogProvider Logs { get; }

    public ScriptedStorage Storage { get; }

    /// <summary>A cluster with a silo for each of the given configurations, started one after the other.</summary>
    public static Task<TestCluster> StartAsync(params Action<IReflexBuilder>[] silos) => StartAsync(_ => { }, silos);

    /// <inheritdoc cref="StartAsync(Action{IReflexBuilder}[])"/>
    public static Task<TestCluster> StartAsync(Action<ReflexOptions> options, params Action<IReflexBuilder>[] silos) =>
        StartAsync(new TestCluster(options), silos);

    /// <summary>
    /// Another cluster on the same logs and cursors. None of its silos knows of this one's, as one that was taken for dead and the rest of
    /// its cluster don't know of one another: every grain has an activation in both.
    /// </summary>
    public Task<TestCluster> StartBesideAsync(params Action<IReflexBuilder>[] silos) => StartAsync(new TestCluster(_ => { }, this), silos);

    private static async Task<TestCluster> StartAsync(TestCluster cluster, Action<IReflexBuilder>[] silos)
    {
        try
        {
            await cluster._cluster.DeployAsync();
            foreach (var configure in silos)
            {
                await cluster.AddAsync(configure);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one silo more.</summary>
    public async Task<ClusterSilo> AddAsync(Action<IReflexBuilder> configure)
    {
        _next = silo => silo.AddReflex(configure);
        return new ClusterSilo(this, await _cluster.StartAdditionalSiloAsync());
    }

    public IReadOnlyList<ClusterSilo> Silos => [.. _cluster.Silos.Select(silo => new ClusterSilo(this, silo))];

    /// <summary>Appends to the stream <c>orders</c>, each event of another entity, by the first silo that lives.</summary>
    public Task AppendAsync(int count) => Silos[0].Reflex.GetStream("orders").AppendAsync(
        Enumerable.Range(0, count).Select(i => new NewEvent(i, $"entity-{i}")).ToArray(), TestContext.Current.CancellationToken);

    /// <summary>A client outside the cluster.</summary>
    public async Task<IReflexClient> ConnectAsync()
    {
        await _cluster.InitializeClientAsync();
        return _cluster.Client.ServiceProvider.GetRequiredService<IReflexClient>();
    }

    public Task StopAsync(ClusterSilo silo) => _cluster.StopSiloAsync(silo.Handle);

    public Task KillAsync(ClusterSilo silo) => _cluster.KillSiloAsync(silo.Handle);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
