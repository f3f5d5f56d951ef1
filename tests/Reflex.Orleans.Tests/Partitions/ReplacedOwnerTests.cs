using Microsoft.Extensions.DependencyInjection;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Partitions;

/// <summary>Readers of an activation whose log another one has opened since, of which Orleans may run two for a while.</summary>
public sealed class ReplacedOwnerTests
{
    private static readonly PartitionId Partition = new("orders", 0);

    private readonly TestData _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamAsync_ToHead_HasWhatTheNewerOwnerAppended()
    {
        await using var silo = await StartAsync();
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        await ReplaceAsync(silo, "b");

        Assert.Equal(["a", "b"], (await stream.ToHeadAsync()).Select(e => e.ForeignId));
    }

    [Fact]
    public async Task ReadAsync_ACursorOfTheNewerOwnersEvent_IsNotAheadOfTheHead()
    {
        await using var silo = await StartAsync();
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        await ReplaceAsync(silo, "b", "c");

        Assert.Equal(["c"], (await stream.ToHeadAsync("2")).Select(e => e.ForeignId));
    }

    [Fact]
    public async Task EveryLook_AtAReplacedOwner_FailsUntilTheNextOneIsThere()
    {
        await using var silo = await StartAsync();
        await silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Token);
        var grain = silo.Grains.GetGrain<IPartitionGrain>("orders/0");
        await ReplaceAsync(silo, "b");

        await Assert.ThrowsAsync<LogFencedException>(() => grain.GetPositionAsync(new GetPositionRequest(1)));
        Assert.Equal(2, await UntilOpenAsync(() => grain.GetPositionAsync(new GetPositionRequest(2))));
        await ReplaceAsync(silo, "c");
        await Assert.ThrowsAsync<LogFencedException>(() => grain.GetBoundsAsync(GetBoundsRequest.Instance));
        Assert.Equal(3, await UntilOpenAsync(() => grain.GetBoundsAsync(GetBoundsRequest.Instance)));
    }

    /// <summary>Nothing is asked of the owner but to wait.</summary>
    [Fact]
    public async Task StreamAsync_ReadersOnlyWait_GetWhatTheNewerOwnerAppended()
    {
        await using var silo = await StartAsync();
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        await using var reading = stream.StreamAsync("1", Token).GetAsyncEnumerator(Token);
        var next = reading.MoveNextAsync();
        await ReplaceAsync(silo, "b");

        Assert.True(await next);
        Assert.Equal("b", reading.Current.ForeignId);
    }

    private static async Task<long> UntilOpenAsync(Func<Task<PositionResponse>> look)
    {
        long? head = null;
        await Asking.UntilAsync(
            async () =>
            {
                try
                {
                    head = (await look()).Head;
                }
                catch (LogFailedException)
                {
                    // The older owner goes still.
                }

                return head;
            },
            found => found is not null);
        return head!.Value;
    }

    /// <summary>Opens the log as another activation would, appends, and ends.</summary>
    private async Task ReplaceAsync(TestSilo silo, params string[] foreignIds)
    {
        var instruments = silo.Services.GetRequiredService<PartitionInstruments>();
        await using var log = await PartitionLog.OpenAsync(
            _data.Logs, Partition, new PartitionLogOptions(), TimeProvider.System, instruments, Token);
        foreach (var foreignId in foreignIds)
        {
            var builder = new EventBatchBuilder(TimeProvider.System);
            builder.Add(new NewEvent(1, foreignId));
            await log.AppendAsync(builder.Build());
        }
    }

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(
        reflex => reflex.AddStream("orders"),
        _data,
        services: services => services.Configure<PartitionLogOptions>(
            options => options.OwnerCheckInterval = TimeSpan.FromMilliseconds(200)));
}
