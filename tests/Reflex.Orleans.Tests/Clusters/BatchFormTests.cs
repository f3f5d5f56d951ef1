using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>What an older silo would misread is stored only when there is none.</summary>
public sealed class BatchFormTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_WithKeysWhileASiloIsOlder_IsRefusedUntilItIsGone()
    {
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddStream("orders", 8), Older);
        var newer = cluster.Silos[0];
        for (var partition = 0; partition < 8; partition++)
        {
            // Wherever the partition is.
            var grain = newer.Grains.GetGrain<IPartitionGrain>($"orders/{partition}");
            var error = await Assert.ThrowsAsync<UpgradeUnfinishedException>(() => grain.AppendAsync(Keyed()));
            Assert.Equal((new PartitionId("orders", partition), 1, 2), (error.Partition, error.OlderSilos, error.Silos));
            Assert.Equal(0, (await grain.GetBoundsAsync(GetBoundsRequest.Instance)).Head);
        }

        await cluster.AppendAsync(20);
        Assert.Equal(20, (await newer.Reflex.GetStream("orders").ToHeadAsync()).Count);

        await cluster.StopAsync(cluster.Silos[1]);

        await UntilTakenAsync(newer);
        Assert.Contains(await newer.Reflex.GetStream("orders").ToHeadAsync(), e => e.ForeignId == "keyed");
    }

    [Fact]
    public async Task AppendAsync_WithKeysWhenEverySiloTakesThem_IsTaken()
    {
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddStream("orders", 2), _ => { });

        await UntilTakenAsync(cluster.Silos[0]);
        await UntilTakenAsync(cluster.Silos[1]);

        Assert.All(await cluster.Silos[0].Reflex.GetStream("orders").ToHeadAsync(), e => Assert.Equal("keyed", e.ForeignId));
        await cluster.AddAsync(Older);
        await Asking.UntilAsync(() => IsTakenAsync(cluster.Silos[0]), isTaken => !isTaken);
    }

    /// <summary>What a silo takes is known a moment after it has joined.</summary>
    private static Task UntilTakenAsync(ClusterSilo silo) => Asking.UntilAsync(() => IsTakenAsync(silo), isTaken => isTaken);

    private static async Task<bool> IsTakenAsync(ClusterSilo silo)
    {
        try
        {
            await silo.Grains.GetGrain<IPartitionGrain>("orders/0").AppendAsync(Keyed());
            return true;
        }
        catch (Exception error) when (error is UpgradeUnfinishedException or OrleansException)
        {
            // The second while a partition moves.
            return false;
        }
    }

    private static AppendRequest Keyed() => KeyedAppends.Request(new NewEvent(1, "keyed"));

    /// <summary>A silo of a version that doesn't say which batches it takes.</summary>
    private static void Older(IReflexBuilder reflex) => reflex.Services.PostConfigure<SiloMetadata>(metadata =>
    {
        var others = metadata.Metadata.Remove("reflex.batch-form");
        Assert.NotEqual(metadata.Metadata.Count, others.Count);
        typeof(SiloMetadata).GetProperty(nameof(SiloMetadata.Metadata))!.SetValue(metadata, others);
    });
}
