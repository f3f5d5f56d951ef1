using Reflex.Cluster.Tests.Cluster;

namespace Reflex.Cluster.Tests.Faults;

/// <summary>What a fault is done to, and with.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="random">What chance decides.</param>
/// <param name="mark">Says that all are to go on from this moment on.</param>
internal sealed class FaultScene(ChaosCluster cluster, Random random, Action mark)
{
    public ChaosCluster Cluster => cluster;

    public Random Random => random;

    /// <summary>Says that all are to go on from this moment on, which is the fault's beginning unless it says so later.</summary>
    public void Mark() => mark();

    /// <summary>A silo that serves.</summary>
    public SiloSlot Pick()
    {
        var serving = cluster.Slots.Where(slot => slot.Process?.Address is not null).ToList();
        return serving[random.Next(serving.Count)];
    }

    /// <summary>The addresses of all silos that serve.</summary>
    public IReadOnlyList<string> Addresses() => [.. cluster.Slots.Select(slot => slot.Process?.Address).OfType<string>()];

    /// <summary>How long a fault lasts that has no end of its own.</summary>
    public async Task LastAsync(TimeSpan least, TimeSpan most, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(least + ((most - least) * random.NextDouble()));
        await timer.WaitForNextTickAsync(cancellationToken);
    }
}
