using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Deletions and removals whose silo has ended in the middle.</summary>
public sealed class InterruptedRemovalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deletion_ThatWasBegun_IsFinishedByTheNextSiloWhichDefinesTheStreamThen()
    {
        var data = new TestData();
        var seen = new Seen();
        await using (var silo = await ConsumerSilo.StartAsync(seen, partitions: 2, data: data))
        {
            await ConsumerSilo.AppendAsync(silo, 10);
            await seen.ReachesAsync(10);
            await silo.Grains.GetGrain<ICatalogGrain>(0).BeginDeletionAsync(new BeginDeletionRequest("orders", Continued: null));
            await Assert.ThrowsAsync<StreamBeingDeletedException>(
                () => silo.Reflex.DefineStreamAsync(new StreamDefinition("orders", 2), Token));
        }

        var again = new Seen();
        await using var next = await ConsumerSilo.StartAsync(again, partitions: 2, data: data);

        var status = await Asking.UntilAsync(() => TryGetStatusAsync(next), status => status is not null);
        Assert.All(status!.Partitions, partition => Assert.True(partition.Oldest > partition.Head));
        await ConsumerSilo.AppendAsync(next, 4);
        await again.ReachesAsync(4);
        Assert.Equal(4, again.Events.Count);
        Assert.Equal(14, status.Partitions.Sum(partition => partition.Head.Value) + 4);
    }

    [Fact]
    public async Task Deletion_ThatIsContinuedLate_LeavesANewStreamOfTheNameAlone()
    {
        await using var silo = await SessionSilo.StartAsync(events: 3);
        var catalog = silo.Grains.GetGrain<ICatalogGrain>(0);
        var begun = (await catalog.BeginDeletionAsync(new BeginDeletionRequest("orders", Continued: null))).Stream!;
        await silo.Reflex.DeleteStreamAsync("orders", Token);
        await silo.Reflex.DefineStreamAsync(new StreamDefinition("orders"), Token);
        await ConsumerSilo.AppendAsync(silo, 2);

        Assert.Null((await catalog.BeginDeletionAsync(new BeginDeletionRequest("orders", begun.Deletion))).Stream);
        await catalog.EndDeletionAsync(new EndDeletionRequest("orders", begun.Deletion!.Value));

        Assert.Equal(5, (await silo.Reflex.GetStream("orders").GetStatusAsync(Token)).Partitions[0].Head.Value);
    }

    [Fact]
    public async Task Removal_OfAConsumerThatComesBackMeanwhile_EndsBeforeItBeginsAnew()
    {
        var seen = new Seen();
        await using var cluster = await TestCluster.StartAsync(reflex => reflex.AddStream("orders").AddSeeing(seen), _ => { });
        await cluster.AppendAsync(10);
        await seen.ReachesAsync(10);
        await cluster.StopAsync(cluster.Silos[0]);
        var silo = cluster.Silos[0];
        await Asking.UntilAsync(
            () => silo.Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token), s => s.State == ConsumerState.Unregistered);
        var begun = await silo.Grains.GetGrain<ICatalogGrain>(0)
            .BeginRemovalAsync(new BeginRemovalRequest("orders", "printer", Continued: null));
        Assert.Equal(1, begun.Partitions);

        var again = new Seen();
        await cluster.AddAsync(reflex => reflex.AddSeeing(again));

        await again.ReachesAsync(10);
        Assert.Equal(Enumerable.Range(1, 10).Select(id => (long)id), again.Events.Take(10).Select(e => e.Id.Value));
    }

    [Fact]
    public async Task Consumer_ThatWasEndedWithItsStream_ConsumesNothingAnew()
    {
        var seen = new Seen();
        await using var silo = await ConsumerSilo.StartAsync(seen);
        await ConsumerSilo.AppendAsync(silo, 5);
        await seen.ReachesAsync(5);
        var begun = await silo.Grains.GetGrain<ICatalogGrain>(0).BeginDeletionAsync(new BeginDeletionRequest("orders", Continued: null));
        var part = silo.Grains.GetPart(GrainType.Create("reflex.consumer"), new ConsumerId("orders", "printer"), 0);
        await part.RemoveAsync(new RemovePartRequest(new UnfinishedRemoval("orders", Consumer: null, begun.Stream!.Deletion!.Value)));

        // The log is there still, and this process remembers the stream.
        await Asking.UntilAsync(
            async () =>
            {
                await part.EnsureRunningAsync(EnsureRunningRequest.Instance);
                return await part.GetStatusAsync(GetStatusRequest.Instance);
            },
            status => status.Fault is not null);

        Assert.Equal(5, seen.Events.Count);
    }

    [Fact]
    public async Task Retention_ThatCannotBeLookedUp_TrimsNothingUntilItCan()
    {
        var calls = new GrainCalls();
        var isAway = false;
        calls.Fault = method => isAway && method == nameof(ICatalogGrain.FindStreamAsync)
            ? new ClusterUnavailableException("find the stream", new TimeoutException("no answer"))
            : null;
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", retention: new Retention { MaxBytes = 1 }),
            options: options => options.MaintenanceInterval = TimeSpan.FromSeconds(1),
            services: services => services.AddSingleton<IIncomingGrainCallFilter>(calls));
        await silo.Reflex.GetStream("orders").GetStatusAsync(Token);
        isAway = true;
        await ConsumerSilo.AppendAsync(silo, 5);
        await ConsumerSilo.AppendAsync(silo, 5);

        await Asking.UntilAsync(
            () => Task.FromResult(silo.Logs.GetSnapshot()),
            logs => logs.Any(log => log.Message.Contains("nothing is trimmed until it can", StringComparison.Ordinal)));
        Assert.Equal(1, (await silo.Reflex.GetStream("orders").GetPartitionStatusAsync(0, Token)).Oldest.Value);

        isAway = false;
        await Asking.UntilAsync(
            () => silo.Reflex.GetStream("orders").GetStatusAsync(Token), status => status.Partitions[0].Oldest.Value > 1);
    }

    private static async Task<StreamStatus?> TryGetStatusAsync(TestSilo silo)
    {
        try
        {
            return await silo.Reflex.GetStream("orders").GetStatusAsync(Token);
        }
        catch (StreamNotFoundException)
        {
            return null;
        }
    }
}
