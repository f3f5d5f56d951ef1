using Microsoft.Extensions.DependencyInjection;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Upkeep;

/// <summary>Deletions that stand still, and go on when everything has changed.</summary>
public sealed class LateDeletionTests
{
    private static readonly PartitionId Partition = new("orders", 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("before it asks for the epoch")]
    [InlineData("before it deletes")]
    public async Task Deletion_ThatStandsStillUntilTheStreamIsDefinedAnew_LeavesItsEventsAlone(string where)
    {
        var (begun, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        FaultyProvider? provider = null;
        await using var cluster = await TestCluster.StartAsync();
        await using var frozen = await cluster.StartBesideAsync(reflex =>
        {
            provider = new FaultyProvider(cluster.Logs);
            reflex.Services.AddSingleton<IEventLogProvider>(provider);
            reflex.AddStream("orders");
        });
        await frozen.AppendAsync(3);
        _ = where == "before it deletes" ? provider!.BeforeDelete = HoldAsync : provider!.BeforeGetEpoch = HoldAsync;
        var deletion = frozen.Silos[0].Reflex.DeleteStreamAsync("orders", Token);
        await begun.Task.WaitAsync(Token);

        // Others take its silo for dead.
        var reflex = (await cluster.AddAsync(_ => { })).Reflex;
        await reflex.DeleteStreamAsync("orders", Token);
        await reflex.DefineStreamAsync(new StreamDefinition("orders"), Token);
        await cluster.AppendAsync(2);

        held.SetResult();
        Assert.True(await deletion);
        Assert.Equal([4, 5], (await reflex.GetStream("orders").ToHeadAsync()).Select(e => e.Id.Value));
        Assert.Equal([Partition], await cluster.Logs.ListAsync(null, Token));
        Assert.Equal(["orders"], (await frozen.Silos[0].Reflex.ListStreamsAsync(Token)).Select(stream => stream.Name.Value));

        Task HoldAsync()
        {
            begun.TrySetResult();
            return held.Task;
        }
    }

    [Fact]
    public async Task Deletion_OfALogThatAnOwnerOfTheSameStreamOpensMeanwhile_BeginsAgain()
    {
        var provider = default(FaultyProvider);
        await using var cluster = await TestCluster.StartAsync();
        await cluster.AddAsync(reflex =>
        {
            provider = new FaultyProvider(cluster.Logs);
            reflex.Services.AddSingleton<IEventLogProvider>(provider);
            reflex.AddStream("orders");
        });
        await cluster.AppendAsync(3);
        var deletions = 0;
        provider!.BeforeDelete = async () =>
        {
            if (++deletions < 4)
            {
                await cluster.Logs.OpenAsync(Partition, Token);
            }
        };

        Assert.True(await cluster.Silos[0].Reflex.DeleteStreamAsync("orders", Token));

        Assert.Equal(4, deletions);
        Assert.Empty(await cluster.Logs.ListAsync(null, Token));
        Assert.True(await cluster.Silos[0].Reflex.DefineStreamAsync(new StreamDefinition("orders"), Token));
    }

    [Fact]
    public async Task Deletion_OfALogThatIsOpenedAgainAndAgain_FailsAndIsFinishedLater()
    {
        var provider = default(FaultyProvider);
        await using var cluster = await TestCluster.StartAsync(options => options.ConsumerCheckInterval = TimeSpan.FromSeconds(1));
        await cluster.AddAsync(reflex =>
        {
            provider = new FaultyProvider(cluster.Logs);
            reflex.Services.AddSingleton<IEventLogProvider>(provider);
            reflex.AddStream("orders");
        });
        await cluster.AppendAsync(3);
        var silo = cluster.Silos[0];
        provider!.BeforeDelete = async () => await cluster.Logs.OpenAsync(Partition, Token);

        await Assert.ThrowsAsync<LogFencedException>(() => silo.Reflex.DeleteStreamAsync("orders", Token));
        await Assert.ThrowsAsync<StreamBeingDeletedException>(
            () => silo.Reflex.DefineStreamAsync(new StreamDefinition("orders"), Token));

        provider.BeforeDelete = () => Task.CompletedTask;
        await Asking.UntilAsync(
            async () => await Record.ExceptionAsync(() => silo.Reflex.DefineStreamAsync(new StreamDefinition("orders"), Token)),
            error => error is null);
        Assert.Empty(await silo.Reflex.GetStream("orders").ToHeadAsync());
    }
}
