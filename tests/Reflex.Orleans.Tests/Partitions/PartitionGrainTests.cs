using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Core.Internal;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Partitions;

public sealed class PartitionGrainTests
{
    private static readonly PartitionId Partition = new("orders", 0);

    private readonly TestData _data = new();
    private readonly FaultyProvider _provider;
    private readonly Seen _seen = new();

    public PartitionGrainTests() => _provider = new FaultyProvider(_data.Logs);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>As Orleans ends an activation whose part of the directory is gone with a silo.</summary>
    [Fact]
    public async Task Append_ToAPartitionThatEndsWhileAReaderWaits_WaitsForNoReader()
    {
        await using var silo = await StartAsync();
        var stream = silo.Reflex.GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "a"), Token);
        var grain = silo.Grains.GetGrain<IPartitionGrain>("orders/0");
        var waiting = grain.ReadAsync(new ReadRequest(1, 1000, TimeSpan.FromMinutes(2), 0, 1, BatchForm.Newest), Token);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle(Token);

        var appended = await stream.AppendAsync(new NewEvent(1, "b"), Token).WaitAsync(TimeSpan.FromSeconds(20), Token);

        Assert.Equal(2, appended.Id.Value);
        await waiting.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    [Fact]
    public async Task AppendAsync_WhenTheStorageIsFull_FailsTypedAndGoesOnWhenThereIsRoom()
    {
        await using var silo = await StartAsync();
        using var client = await silo.ConnectAsync();
        var stream = client.Services.GetRequiredService<IReflexClient>().GetStream("orders");
        await stream.AppendAsync(new NewEvent(1, "before"), Token);
        _provider.AppendFault = partition => new LogFullException(partition, "the disk");

        var error = await Assert.ThrowsAsync<LogFullException>(() => stream.AppendAsync(new NewEvent(2, "lost"), Token));
        Assert.Equal(Partition, error.Partition);
        Assert.Equal(["before"], (await stream.ToHeadAsync()).Select(e => e.ForeignId));

        _provider.AppendFault = _ => null;
        var position = await AppendUntilOpenAsync(stream, new NewEvent(3, "after"));
        Assert.Equal(new EventId(2), position.Id);
        await _seen.ReachesAsync(2);
        Assert.Equal(["before", "after"], _seen.Events.Select(e => e.ForeignId));
    }

    [Fact]
    public async Task AppendAsync_OfAReplacedOwner_FailsFencedAndTheNextOwnerGoesOn()
    {
        await using var silo = await StartAsync();
        var stream = silo.Reflex.GetStream("orders");
        List<string> appended = [];
        Exception? error;
        do
        {
            await AppendUntilOpenAsync(stream, new NewEvent(1, "a"));
            appended.Add("a");

            // As another activation of the grain would, of which Orleans may run two for a while.
            await using (await _data.Logs.OpenAsync(Partition, Token))
            {
            }

            // A reader may have found out first, so that the next owner is there already.
            error = await Record.ExceptionAsync(() => stream.AppendAsync(new NewEvent(2, "next"), Token));
            appended.AddRange(error is null ? ["next"] : []);
        }
        while (error is not LogFencedException);

        Assert.True(((LogFencedException)error).IsTransient);
        var position = await AppendUntilOpenAsync(stream, new NewEvent(3, "b"));
        Assert.Equal(new EventId(appended.Count + 1), position.Id);
        Assert.Equal([.. appended, "b"], (await stream.ToHeadAsync()).Select(e => e.ForeignId));
    }

    [Fact]
    public async Task EveryCall_OfADamagedPartition_SaysWhatIsDamagedWhileTheOthersWork()
    {
        _provider.OpenFault = partition => partition.Index == 0 ? new LogCorruptedException("Segment 7 of orders/0 is damaged.") : null;
        await using var silo = await StartAsync(partitions: 2);
        var stream = silo.Reflex.GetStream("orders");
        var (damaged, sound) = (ForeignIdOf(0), ForeignIdOf(1));

        var error = await Assert.ThrowsAsync<LogCorruptedException>(() => stream.AppendAsync(new NewEvent(1, damaged), Token));
        Assert.Equal("Segment 7 of orders/0 is damaged.", error.Message);
        await Assert.ThrowsAsync<LogCorruptedException>(
            async () => await stream.Partition(0)(Cursor.Empty, StreamOptions.Default, Token).GetAsyncEnumerator(Token).MoveNextAsync());
        await stream.AppendAsync(new NewEvent(1, sound), Token);
        Assert.Single(await stream.Partition(1).ToHeadAsync());

        var control = silo.Reflex.GetConsumer("orders", "printer");
        var status = (await Asking.UntilAsync(() => TryGetStatusAsync(control), status => status?.Partitions[0].Fault is not null))!;
        Assert.Equal(ConsumerState.Stuck, status.Partitions[0].State);

        // HTTP shows it to whoever may look at the consumer.
        Assert.Contains("Stored data is damaged", status.Partitions[0].Fault!.Error, StringComparison.Ordinal);
        Assert.Equal(ConsumerState.Running, status.Partitions[1].State);

        _provider.OpenFault = _ => null;
        await AppendUntilOpenAsync(stream, new NewEvent(1, damaged));
        await Asking.UntilAsync(() => control.GetStatusAsync(Token), status => status is { State: ConsumerState.Running, LagEvents: 0 });
        Assert.Equal(2, _seen.Events.Count);
    }

    [Fact]
    public async Task ReadAsync_WhenTheStorageFailsForAWhile_GoesOnByItself()
    {
        var failures = 0;
        await using var silo = await StartAsync(options: options => options.PageBytes = 100);
        await silo.Reflex.GetStream("orders").AppendAsync(Enumerable.Range(0, 100).Select(i => new NewEvent(i, "a")).ToArray(), Token);
        await _seen.ReachesAsync(100);
        await silo.DisposeAsync();
        _provider.ReadFault = partition => failures++ < 2 ? new LogFailedException(partition, "the disk is away.") : null;

        await using var next = await StartAsync(options: options => options.PageBytes = 100);
        var events = await next.Reflex.GetStream("orders").ToHeadAsync();

        Assert.Equal(100, events.Count);
        Assert.True(failures >= 2);
    }

    [Fact]
    public async Task Maintenance_OfAStreamWithRetention_RemovesTheOldestAndOldCursorsSaySo()
    {
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", retention: new Retention { MaxBytes = 2_000 }),
            options: options => options.MaintenanceInterval = TimeSpan.FromSeconds(1));
        var stream = silo.Reflex.GetStream("orders");
        for (var i = 0; i < 50; i++)
        {
            await stream.AppendAsync(new NewEvent(i, "a") { Metadata = new byte[100] }, Token);
        }

        var status = await Asking.UntilAsync(() => stream.GetStatusAsync(Token), status => status.Partitions[0].Oldest.Value > 1);

        var oldest = status.Partitions[0].Oldest;
        Assert.Equal(new EventId(50), status.Partitions[0].Head);
        Assert.Equal(oldest, (await stream.ToHeadAsync())[0].Id);
        var error = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await stream.StreamAsync("0", Token).GetAsyncEnumerator(Token).MoveNextAsync());
        Assert.Equal(oldest, error.Oldest);
    }

    [Fact]
    public async Task Maintenance_EverythingIsPastItsAge_RemovesItAndReadersWaitForTheNextEvent()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var silo = await TestSilo.StartAsync(
            reflex => reflex.AddStream("orders", retention: new Retention { MaxAge = TimeSpan.FromHours(1) }),
            options: options => options.MaintenanceInterval = TimeSpan.FromSeconds(1),
            services: services => services.AddKeyedSingleton<TimeProvider>(ReflexClock.Name, time));
        var stream = silo.Reflex.GetStream("orders");
        for (var i = 1; i <= 3; i++)
        {
            await stream.AppendAsync(new NewEvent(i, "old"), Token);
        }

        var head = (await stream.ToHeadAsync())[^1].Cursor;
        time.Advance(TimeSpan.FromHours(2));
        var status = await Asking.UntilAsync(() => stream.GetStatusAsync(Token), status => status.Partitions[0].Oldest.Value > 1);

        Assert.Equal((new EventId(4), new EventId(3)), (status.Partitions[0].Oldest, status.Partitions[0].Head));
        Assert.Empty(await stream.ToHeadAsync());
        Assert.Empty(await stream.ToHeadAsync(head));
        Assert.Empty(await stream.Partition(0).ToHeadAsync());
        await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await stream.StreamAsync("2", Token).GetAsyncEnumerator(Token).MoveNextAsync());
        await using var fromOldest = stream.StreamAsync(Cursor.Empty, Token).GetAsyncEnumerator(Token);
        await using var fromHead = stream.StreamAsync(head, Token).GetAsyncEnumerator(Token);
        var waiting = new[] { fromOldest.MoveNextAsync().AsTask(), fromHead.MoveNextAsync().AsTask() };
        await stream.AppendAsync(new NewEvent(4, "young"), Token);
        Assert.All(await Task.WhenAll(waiting), Assert.True);
        Assert.Equal((4, 4), (fromOldest.Current.Id.Value, fromHead.Current.Id.Value));
    }

    private static string ForeignIdOf(int partition) =>
        Enumerable.Range(0, 100).Select(i => $"entity-{i}").First(id => Partitioning.PartitionOf(id, 2) == partition);

    /// <summary>Appends; while the failed owner still goes and the next one comes, an append may be refused, untouched.</summary>
    private static async Task<EventPosition> AppendUntilOpenAsync(IEventStream stream, NewEvent e)
    {
        while (true)
        {
            try
            {
                return await stream.AppendAsync(e, Token);
            }
            catch (ReflexException error) when (error is LogFailedException or LogCorruptedException)
            {
                await Task.Yield();
            }
        }
    }

    private Task<TestSilo> StartAsync(int partitions = 1, Action<ReflexOptions>? options = null) => TestSilo.StartAsync(
        reflex =>
        {
            reflex.Services.AddSingleton<IEventLogProvider>(_provider);
            reflex.AddStream("orders", partitions).AddConsumer<SeeingConsumer>("printer", "orders");
        },
        _data,
        options,
        services => services.AddSingleton(_seen));

    /// <summary>Until the consumer has met the damage itself, its status is the partition's error.</summary>
    private static async Task<ConsumerStatus?> TryGetStatusAsync(IConsumerControl control)
    {
        try
        {
            return await control.GetStatusAsync(Token);
        }
        catch (LogCorruptedException)
        {
            return null;
        }
    }
}
