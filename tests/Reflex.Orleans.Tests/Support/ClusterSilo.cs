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

    /// <summary>Where the grains of a class are, when none of them is on its way to another silo, and so in two.</summary>
    public async Task<IReadOnlyDictionary<string, SiloAddress>> PlacesAsync(string grainType)
    {
        var places = await Asking.UntilAsync(
            async () => (await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics())
                .Where(grain => grain.GrainId.Type.ToString() == grainType).ToList(),
            grains => grains.DistinctBy(grain => grain.GrainId).Count() == grains.Count);
        return places.ToDictionary(grain => grain.GrainId.Key.ToString()!, grain => grain.SiloAddress);
    }
}
