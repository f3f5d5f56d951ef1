using Reflex.Consumers;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Silos and clients that remember where a grain was.</summary>
public sealed class OldCachesTests
{
    private const string Owner = "reflex.partition";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_OfThoseThatRememberASiloWhichIsGone_GoOnWithoutIt(bool isKilled)
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(
            reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen), reflex => reflex.AddSeeing(seen));
        await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders", 16), Token);
        await cluster.AppendAsync(40);
        await seen.ReachesAsync(40);
        var outside = await cluster.ConnectAsync();
        var (remembering, gone) = (cluster.Silos[0], cluster.Silos[1]);
        var callers = new[] { outside, remembering.Reflex };
        foreach (var caller in callers)
        {
            await LookAsync(caller);
        }

        var places = await remembering.PlacesAsync(Owner);
        Assert.Contains(gone.Address, places.Values);
        await (isKilled ? cluster.KillAsync(gone) : cluster.StopAsync(gone));

        // A look is repeated by the client; an append that may be in the log isn't, and its caller decides.
        foreach (var caller in callers)
        {
            Assert.Equal(40, await LookAsync(caller));
        }

        var appended = await (isKilled ? Asking.AgainAsync(() => AppendAsync(outside)) : AppendAsync(outside));
        Assert.Equal(40, appended);
        await Asking.UntilAsync(
            () => outside.GetConsumer("orders", "printer").GetStatusAsync(Token),
            status => status is { LagEvents: 0, State: ConsumerState.Running });
    }

    private static async Task<int> AppendAsync(IReflexClient reflex)
    {
        var positions = await reflex.GetStream("orders").AppendAsync(
            Enumerable.Range(0, 40).Select(i => new NewEvent(i, $"entity-{i}")).ToArray(), Token);
        return positions.Count;
    }

    /// <summary>Asks every partition and every part of the consumer.</summary>
    private static async Task<long> LookAsync(IReflexClient reflex)
    {
        var consumer = await reflex.GetConsumer("orders", "printer").GetStatusAsync(Token);
        Assert.Equal(16, consumer.Partitions.Count);
        var status = await reflex.GetStream("orders").GetStatusAsync(Token);
        return status.Partitions.Sum(partition => partition.Head.Value);
    }
}
