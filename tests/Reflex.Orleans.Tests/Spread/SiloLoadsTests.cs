using System.Net;
using Reflex.Orleans.Spread;

namespace Reflex.Orleans.Tests.Spread;

/// <summary>Where new partitions and consumers go.</summary>
public sealed class SiloLoadsTests
{
    private static readonly SiloAddress[] Silos =
        [.. Enumerable.Range(1, 3).Select(port => SiloAddress.New(IPAddress.Loopback, port, 1))];

    [Fact]
    public void TakeLeast_OfSilosThatNobodyHasCounted_SpreadsEvenly() => Assert.Equal([10, 10, 10], Take(new SiloLoads(), 30));

    [Fact]
    public void TakeLeast_OfCountedSilos_FillsTheEmptiestFirst()
    {
        var loads = new SiloLoads();
        loads.Update([new SiloLoad(Silos[0], 5, 0), new SiloLoad(Silos[1], 2, 0), new SiloLoad(Silos[2], 0, 0)]);

        Assert.Equal([0, 1, 3], Take(loads, 4));
        Assert.Equal([1, 1, 1], Take(loads, 3, MovableKind.Consumer));
    }

    [Fact]
    public void TakeLeast_OfASiloThatIsNotCounted_GetsNoMoreThanItsShare()
    {
        var loads = new SiloLoads();
        loads.Update([new SiloLoad(Silos[0], 100, 0), new SiloLoad(Silos[1], 100, 0)]);

        Assert.Equal([10, 10, 10], Take(loads, 30));
    }

    private static int[] Take(SiloLoads loads, int count, MovableKind kind = MovableKind.Partition)
    {
        var taken = Enumerable.Range(0, count).Select(_ => loads.TakeLeast(kind, Silos)).ToLookup(silo => silo);
        return [.. Silos.Select(silo => taken[silo].Count())];
    }
}
