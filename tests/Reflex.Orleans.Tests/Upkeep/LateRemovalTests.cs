using Microsoft.Extensions.DependencyInjection;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Upkeep;

/// <summary>Removals of consumers that stand still, and go on when the consumer has begun anew.</summary>
public sealed class LateRemovalTests
{
    private const string Mailer = "orders/0/mailer";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("before its part begins", "the consumer")]
    [InlineData("before its part begins", "the stream")]
    [InlineData("before the record is cleared", "the consumer")]
    [InlineData("before the record is cleared", "the stream")]
    public async Task Removal_ThatStandsStillUntilTheConsumerBeginsAnew_LeavesItsCursorAlone(string where, string what)
    {
        var (begun, held, calls) = (new TaskCompletionSource(), new TaskCompletionSource(), new GrainCalls());
        await using var cluster = await TestCluster.StartAsync();
        await using var frozen = await cluster.StartBesideAsync(reflex =>
        {
            reflex.Services.AddSingleton<IIncomingGrainCallFilter>(calls);
            reflex.AddStream("orders");
        });
        await frozen.AppendAsync(10);
        var late = frozen.Silos[0].Reflex;
        await late.GetCursors("orders", 0).SetAsync("mailer", "7", Token);
        if (where == "before its part begins")
        {
            calls.Before = method => method == nameof(IConsumerGrain.RemoveAsync) ? HoldAsync() : Task.CompletedTask;
        }
        else
        {
            cluster.Storage.BeforeClear = HoldAsync;
        }

        var removal = RemoveAsync(late);
        await begun.Task.WaitAsync(Token);

        // Others take its silo for dead.
        cluster.Storage.BeforeClear = () => Task.CompletedTask;
        var reflex = (await cluster.AddAsync(_ => { })).Reflex;
        await Record.ExceptionAsync(() => RemoveAsync(reflex)); // Its consumer service may have been faster.
        Assert.Null(cluster.Storage.CursorOf(Mailer));
        await reflex.DefineStreamAsync(new StreamDefinition("orders"), Token);
        await cluster.AppendAsync(10);
        await reflex.GetCursors("orders", 0).SetAsync("mailer", "13", Token);

        held.SetResult();
        await removal;
        Assert.Equal(13, cluster.Storage.CursorOf(Mailer));

        Task RemoveAsync(IReflexClient by) => what == "the stream"
            ? by.DeleteStreamAsync("orders", Token)
            : by.GetConsumer("orders", "mailer").RemoveAsync(Token);

        Task HoldAsync()
        {
            begun.TrySetResult();
            return held.Task;
        }
    }

    [Fact]
    public async Task ConfirmRemovalAsync_OfADeletionThatAnotherActivationHasEnded_SaysSoAndReadsEverythingAnew()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var other = await cluster.StartBesideAsync(reflex => reflex.AddStream("orders"));
        var catalog = other.Silos[0].Grains.GetGrain<ICatalogGrain>(0);
        var begun = (await catalog.BeginDeletionAsync(new BeginDeletionRequest("orders", Continued: null))).Stream!;
        var deletion = new UnfinishedRemoval("orders", Consumer: null, begun.Deletion!.Value);
        Assert.True(await other.Silos[0].Grains.IsUnfinishedAsync(deletion));
        Assert.False(await other.Silos[0].Grains.IsUnfinishedAsync(deletion with { Id = Guid.NewGuid() }));

        var reflex = (await cluster.AddAsync(_ => { })).Reflex;
        await reflex.DeleteStreamAsync("orders", Token);
        await reflex.DefineStreamAsync(new StreamDefinition("orders", 5), Token);

        Assert.False(await other.Silos[0].Grains.IsUnfinishedAsync(deletion));
        var known = await other.Silos[0].Reflex.ListStreamsAsync(Token);
        Assert.Equal(5, Assert.Single(known).Partitions);
    }
}
