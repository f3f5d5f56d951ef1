using Reflex.Orleans.Spread;

namespace Reflex.Orleans.Tests.Spread;

/// <summary>What goes where.</summary>
public sealed class SpreadPlannerTests
{
    private static readonly SiloAddress A = Silo(1);
    private static readonly SiloAddress B = Silo(2);
    private static readonly SiloAddress C = Silo(3);

    [Theory]
    [InlineData(4, 4, 4)]
    [InlineData(5, 4, 3)]
    [InlineData(6, 4, 4)]
    [InlineData(110, 100, 100)]
    [InlineData(0, 0, 0)]
    public void Plan_WhatIsEvenEnough_LeavesEverythingWhereItIs(int a, int b, int c)
    {
        Assert.Empty(SpreadPlanner.Plan([Partitions(A, a), Partitions(B, b), Partitions(C, c)]));
        Assert.Empty(SpreadPlanner.Plan([Consumers(A, a), Consumers(B, b), Consumers(C, c)]));
    }

    [Theory]
    [InlineData(16, 0, 0)]
    [InlineData(8, 8, 0)]
    [InlineData(30, 1, 2)]
    [InlineData(40, 30, 35)]
    public void Plan_OfAnUnevenCluster_LeavesNoMoreThanOneBetweenAny(int a, int b, int c)
    {
        foreach (var of in new[] { Partitions, (Func<SiloAddress, int, CountedSilo>)Consumers })
        {
            var counts = Carry([of(A, a), of(B, b), of(C, c)]);

            Assert.True(counts.Max() - counts.Min() <= 1, string.Join(' ', counts));
            Assert.Equal(a + b + c, counts.Sum());
        }
    }

    [Fact]
    public void Plan_OfMuch_GoesInBatches()
    {
        var plan = SpreadPlanner.Plan([Partitions(A, 1000), Partitions(B, 0)]);

        Assert.Equal([new MoveOrder(B, SpreadPlanner.MostOfABatch, 0)], plan[A]);
    }

    [Fact]
    public void Plan_ConsumersThatASiloCannotRun_AreNotGivenToIt()
    {
        var a = new CountedSilo(new SiloLoad(A, 0, 12), new Dictionary<SiloAddress, int> { [B] = 3, [C] = 0 });

        var plan = SpreadPlanner.Plan([a, Consumers(B, 0), Consumers(C, 0)]);

        // B can run what it has as well as C can.
        Assert.Equal([new MoveOrder(B, 0, 3)], plan[A]);
        Assert.False(plan.ContainsKey(C));
    }

    [Fact]
    public void Plan_WhatOnlyGoesByAThirdSilo_GetsThereInTurns()
    {
        var counts = new Dictionary<SiloAddress, int> { [A] = 12, [B] = 4, [C] = 0 };
        for (var turn = 0; turn < 10; turn++)
        {
            var plan = SpreadPlanner.Plan(
            [
                new CountedSilo(new SiloLoad(A, 0, counts[A]), new Dictionary<SiloAddress, int> { [B] = counts[A] }),
                new CountedSilo(new SiloLoad(B, 0, counts[B]), new Dictionary<SiloAddress, int> { [C] = counts[B] }),
                new CountedSilo(new SiloLoad(C, 0, counts[C]), new Dictionary<SiloAddress, int>()),
            ]);
            foreach (var (from, order) in plan.SelectMany(silo => silo.Value.Select(order => (silo.Key, order))))
            {
                counts[from] -= order.Consumers;
                counts[order.To] += order.Consumers;
            }
        }

        Assert.True(counts.Values.Max() - counts.Values.Min() <= 2, string.Join(' ', counts.Values));
    }

    private static List<int> Carry(IReadOnlyList<CountedSilo> silos)
    {
        var counts = silos.ToDictionary(silo => silo.Address, silo => silo.Load.Partitions + silo.Load.Consumers);
        foreach (var (from, order) in SpreadPlanner.Plan(silos).SelectMany(silo => silo.Value.Select(order => (silo.Key, order))))
        {
            counts[from] -= order.Partitions + order.Consumers;
            counts[order.To] += order.Partitions + order.Consumers;
        }

        return [.. counts.Values];
    }

    private static CountedSilo Partitions(SiloAddress silo, int count) =>
        new(new SiloLoad(silo, count, 0), new Dictionary<SiloAddress, int>());

    private static CountedSilo Consumers(SiloAddress silo, int count) =>
        new(new SiloLoad(silo, 0, count), new[] { A, B, C }.ToDictionary(other => other, _ => count));

    private static SiloAddress Silo(int port) => SiloAddress.New(System.Net.IPAddress.Loopback, port, 1);
}
