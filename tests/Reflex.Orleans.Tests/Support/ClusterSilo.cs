using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Orleans.TestingHost;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A silo of a <see cref="TestCluster"/>.</summary>
internal sealed record ClusterSilo(TestCluster Cluster, InProcessSiloHandle Handle)
{
    public IServiceProvider Services => Handle.ServiceProvider;

    public SiloAddress Address => Handle.SiloAddress;

    public IReflexClient Reflex => Services.GetRequiredService<IReflexClient>();

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public FakeLogCollector Logs => Services.GetFakeLogCollector();

    /// <summary>How many activations of a class there are in the cluster, several of one grain too.</summary>
    public async Task<int> CountAsync(string grainType)
    {
        var statistics = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return statistics.Count(grain => grain.GrainId.Type.ToString() == grainType);
    }

    /// <summary>Where the grains of a class are.</summary>
    public async Task<IReadOnlyDictionary<string, SiloAddress>> PlacesAsync(string grainType)
    {
        var statistics = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return statistics
            .Where(grain => grain.GrainId.Type.ToString() == grainType)
            .ToDictionary(grain => grain.GrainId.Key.ToString()!, grain => grain.SiloAddress);
    }
}
