using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.Events;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Partitions;

public sealed class PartitionDeletionTests
{
    private static readonly PartitionId Partition = new("orders", 0);

    private readonly TestData _data = new();
    private readonly FaultyProvider _provider;
    private int _openings;

    public PartitionDeletionTests()
    {
        _provider = new FaultyProvider(_data.Logs)
        {
            OpenFault = _ =>
            {
                Interlocked.Increment(ref _openings);
                return null;
            },
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DeleteAsync_OfAnOpenPartition_SendsItsReadersAwayAndDeletesTheLog()
    {
        await using var silo = await StartAsync();
        await AppendAsync(silo, 3);
        var reading = Grain(silo).ReadAsync(new ReadRequest(3, 1000, TimeSpan.FromMinutes(2), 0, Partitions: 0, BatchForm.Newest), Token);

        await DeleteAsync(silo);

        var error = await Assert.ThrowsAsync<LogFailedException>(() => reading);
        Assert.Contains("its owner is closing; ask again.", error.Message, StringComparison.Ordinal);
        Assert.Empty(await _data.Logs.ListAsync(null, Token));

        // Its stream is known here still, so that the next owner goes on after the head.
        var position = await silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(4, "d"), Token);
        Assert.Equal(new EventId(4), position.Id);
        Assert.Equal(["d"], (await silo.Reflex.GetStream("orders").ToHeadAsync()).Select(e => e.ForeignId));
    }

    [Fact]
    public async Task DeleteAsync_CallsThatComeMeanwhile_OpenNothingAndAskAgain()
    {
        var time = new FakeTimeProvider();
        await using var silo = await StartAsync(time);
        await AppendAsync(silo, 3);
        var (begun, held, deletions) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        _provider.BeforeDelete = () =>
        {
            deletions++;
            begun.SetResult();
            return held.Task;
        };
        var openings = _openings;
        var deletion = DeleteAsync(silo);
        await begun.Task.WaitAsync(Token);
        var repeated = DeleteAsync(silo);

        for (var i = 0; i < 3; i++)
        {
            // Longer than an opening that failed waits for the next try.
            time.Advance(TimeSpan.FromSeconds(10));
            var error = await Assert.ThrowsAsync<LogFailedException>(() => Grain(silo).GetBoundsAsync(GetBoundsRequest.Instance));
            Assert.Contains("its owner is closing; ask again.", error.Message, StringComparison.Ordinal);
        }

        held.SetResult();
        await Task.WhenAll(deletion, repeated);
        Assert.Equal((1, openings), (deletions, _openings));
        Assert.Empty(await _data.Logs.ListAsync(null, Token));
    }

    [Fact]
    public async Task DeleteAsync_OfALogThatDoesNotOpen_DeletesIt()
    {
        await using (await _data.Logs.OpenAsync(Partition, Token))
        {
        }

        _provider.OpenFault = partition => new LogFailedException(partition, "the disk is away.");
        await using var silo = await StartAsync();

        await DeleteAsync(silo);

        Assert.Empty(await _data.Logs.ListAsync(null, Token));
    }

    [Fact]
    public async Task DeleteAsync_TheStorageFails_SaysSoAndThePartitionGoesOnUntilTheNextTry()
    {
        await using var silo = await StartAsync();
        await AppendAsync(silo, 3);
        _provider.DeleteFault = partition => new LogFailedException(partition, "the disk is away.");
        var error = await Assert.ThrowsAsync<LogFailedException>(() => DeleteAsync(silo));
        Assert.Contains("the disk is away.", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await silo.Reflex.GetStream("orders").ToHeadAsync()).Count);

        _provider.DeleteFault = _ => null;
        await DeleteAsync(silo);

        Assert.Empty(await _data.Logs.ListAsync(null, Token));
    }

    [Fact]
    public async Task DeleteAsync_OfAnUnknownStream_DeletesItsLogAndTheNextCallFindsNoStream()
    {
        await using (await _data.Logs.OpenAsync(new PartitionId("gone", 1), Token))
        {
        }

        await using var silo = await StartAsync();
        var partition = silo.Grains.GetGrain<IPartitionGrain>("gone/1");

        var epoch = await _data.Logs.GetEpochAsync(new PartitionId("gone", 1), Token);
        await partition.DeleteAsync(new DeleteRequest(epoch));
        await partition.DeleteAsync(new DeleteRequest(epoch));

        Assert.Empty(await _data.Logs.ListAsync("gone", Token));
        await Asking.UntilAsync(
            async () => await Record.ExceptionAsync(() => partition.GetBoundsAsync(GetBoundsRequest.Instance)),
            error => error is StreamNotFoundException);
        Assert.Empty(await _data.Logs.ListAsync("gone", Token));
    }

    [Fact]
    public async Task Opening_DuringWhichTheStreamIsDeleted_IsRefused()
    {
        await using var silo = await StartAsync();
        var (begun, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        _provider.BeforeOpen = () =>
        {
            begun.TrySetResult();
            return held.Task;
        };
        var appending = silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Token);
        await begun.Task.WaitAsync(Token);

        await ForgetAsync(silo);
        held.SetResult();

        await Assert.ThrowsAsync<StreamNotFoundException>(() => appending);

        // It has made the log, or opened it; nothing is left of that either.
        Assert.Empty(await _data.Logs.ListAsync(null, Token));
    }

    [Fact]
    public async Task Opening_DuringWhichTheStreamIsDeletedAndDefinedAnew_BeginsAgain()
    {
        await using var silo = await StartAsync();
        _provider.BeforeOpen = async () =>
        {
            _provider.BeforeOpen = () => Task.CompletedTask;
            await ForgetAsync(silo);
            await silo.Reflex.DefineStreamAsync(new StreamDefinition("orders"), Token);
        };

        var position = await silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Token);

        // The first opening's epoch may be one that a deletion of the former stream has seen.
        Assert.Equal((1, 2), (position.Id.Value, _openings));
    }

    [Fact]
    public async Task Read_OfACallerThatKnowsTheStreamBetterThanItsOwner_IsAnswered()
    {
        await using var silo = await StartAsync();
        await AppendAsync(silo, 1);
        await ForgetAsync(silo);
        await silo.Reflex.DefineStreamAsync(new StreamDefinition("orders", 2), Token);

        // The partition's owner was told nothing: it remembers one partition.
        var page = await Grain(silo).ReadAsync(new ReadRequest(null, 1000, TimeSpan.Zero, 0, Partitions: 2, BatchForm.Newest), Token);
        var error = await Assert.ThrowsAsync<StreamReplacedException>(
            () => Grain(silo).ReadAsync(new ReadRequest(null, 1000, TimeSpan.Zero, 0, Partitions: 1, BatchForm.Newest), Token));

        Assert.Equal(1, page.Head);
        Assert.Equal((1, 2), (error.ExpectedPartitions, error.FoundPartitions));
    }

    /// <summary>Takes the stream from the catalog and leaves its partitions as they are, as another silo does that deletes it.</summary>
    private static async Task ForgetAsync(TestSilo silo)
    {
        var catalog = silo.Grains.GetGrain<ICatalogGrain>(0);
        var begun = await catalog.BeginDeletionAsync(new BeginDeletionRequest("orders", Continued: null));
        await catalog.EndDeletionAsync(new EndDeletionRequest("orders", begun.Stream!.Deletion!.Value));
    }

    /// <summary>Deletes what all owners up to now have appended.</summary>
    private async Task DeleteAsync(TestSilo silo) =>
        await Grain(silo).DeleteAsync(new DeleteRequest(await _data.Logs.GetEpochAsync(Partition, Token)));

    private static IPartitionGrain Grain(TestSilo silo) => silo.Grains.GetGrain<IPartitionGrain>("orders/0");

    private static async Task AppendAsync(TestSilo silo, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(i, "a"), Token);
        }
    }

    private Task<TestSilo> StartAsync(TimeProvider? time = null) => TestSilo.StartAsync(
        reflex =>
        {
            reflex.Services.AddSingleton<IEventLogProvider>(_provider);
            reflex.AddStream("orders");
        },
        _data,
        services: services => services.AddKeyedSingleton(ReflexClock.Name, time ?? TimeProvider.System));
}
