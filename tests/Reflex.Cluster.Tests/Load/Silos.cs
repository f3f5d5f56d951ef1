using Reflex.Cluster.Tests.Cluster;

namespace Reflex.Cluster.Tests.Load;

/// <summary>The silos as one client knows them: it stays with one until that fails it, and goes to the next.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="first">With which it begins.</param>
internal sealed class Silos(ChaosCluster cluster, int first)
{
    private int _at = first;

    public SiloPlace Current => cluster.Slots[(int)((uint)Volatile.Read(ref _at) % ChaosCluster.Silos)].Place;

    public void GoOn() => Interlocked.Increment(ref _at);
}
