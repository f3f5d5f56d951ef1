using Microsoft.Extensions.DependencyInjection;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Client;

/// <summary>What waits for a partition whose storage stands still.</summary>
public sealed class PartitionAppenderTests
{
    private const int MetadataBytes = 100;
    private const int RecordBytes = 20 + 1 + MetadataBytes;
    private const int Overhead = 512;
    private const int MaxWaitingBytes = 10_000;

    private readonly TestData _data = new();
    private readonly FaultyProvider _storage;
    private TaskCompletionSource _gate = new();

    public PartitionAppenderTests() => _storage = new FaultyProvider(_data.Logs);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_WhileAsMuchWaitsAsMay_IsRefusedAndGoesOnWhenThereIsRoom()
    {
        await using var silo = await StartAsync(maxGatheredBytes: 1);
        var stream = silo.Reflex.GetStream("orders");
        var type = 0;

        // One is on its way, one gathers, and the others wait. What has waited takes no room of what waits later.
        const int Accepted = 2 + (MaxWaitingBytes / (RecordBytes + Overhead));
        for (var round = 1; round <= 3; round++)
        {
            var appends = new List<Task<EventPosition>> { await StallAsync(silo, type++, Token) };
            while (appends.Count < Accepted)
            {
                appends.Add(stream.AppendAsync(Event(type++), Token));
            }

            Assert.All(appends, append => Assert.False(append.IsCompleted));
            var single = await RefusedAsync(stream.AppendAsync(Event(-1), Token));
            var list = await RefusedAsync(stream.AppendAsync([Event(-1), Event(-1)], Token));
            foreach (var error in new[] { single, list })
            {
                Assert.True(error.IsTransient);
                Assert.Equal((new PartitionId("orders", 0), MaxWaitingBytes), (error.Partition, error.Limit));
            }

            _gate.SetResult();
            Assert.Equal(round * Accepted, (await Task.WhenAll(appends))[^1].Id.Value);
        }

        Assert.Equal(Enumerable.Range(0, type), await TypesAsync(stream));
    }

    [Fact]
    public async Task AppendAsync_LargerThanMayWait_WaitsWhenNoOtherDoes()
    {
        await using var silo = await StartAsync(maxGatheredBytes: 1);
        var stream = silo.Reflex.GetStream("orders");
        var first = await StallAsync(silo, 0, Token);
        var gathered = stream.AppendAsync(Event(1), Token);

        var large = stream.AppendAsync(Event(2, 2 * MaxWaitingBytes), Token);
        await RefusedAsync(stream.AppendAsync(Event(-1), Token));

        _gate.SetResult();
        await Task.WhenAll(first, gathered, large);
        Assert.Equal([0, 1, 2], await TypesAsync(stream));
    }

    /// <remarks>One that gives up alone leaves an empty group; one after another that gathers leaves the queue.</remarks>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    public async Task AppendAsync_GivenUpAndRepeatedAgainAndAgain_LeavesNothing(bool isAnotherGathering, int events)
    {
        await using var silo = await StartAsync(maxGatheredBytes: 1);
        var stream = silo.Reflex.GetStream("orders");
        var appends = new List<Task> { await StallAsync(silo, 0, Token) };
        if (isAnotherGathering)
        {
            appends.Add(stream.AppendAsync(Event(0), Token));
        }

        // Each of these would be refused if all before it still waited.
        for (var i = 0; i < 10 * MaxWaitingBytes / (RecordBytes + Overhead); i++)
        {
            await GiveUpAsync(stream, events);
        }

        _gate.SetResult();
        await Task.WhenAll(appends);
        await stream.AppendAsync(Event(0), Token);
        Assert.Equal(Enumerable.Repeat(0, appends.Count + 1), await TypesAsync(stream));
    }

    [Fact]
    public async Task AppendAsync_GivenUpOnItsWay_IsAppended()
    {
        await using var silo = await StartAsync(maxGatheredBytes: 1);
        var stream = silo.Reflex.GetStream("orders");
        using var enough = new CancellationTokenSource();
        var first = await StallAsync(silo, 1, enough.Token);
        var second = stream.AppendAsync([Event(2), Event(3)], Token);

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        _gate.SetResult();
        await second;
        Assert.Equal([1, 2, 3], await TypesAsync(stream));
    }

    /// <remarks>Groups of everything, of some, and of one each; events that come alone fill several batches.</remarks>
    [Theory]
    [InlineData(10_000_000)]
    [InlineData(200_000)]
    [InlineData(1)]
    public async Task AppendAsync_AmongOthersThatAreGivenUp_GivesTheIdsThatAreStored(int maxGatheredBytes)
    {
        await using var silo = await StartAsync(maxGatheredBytes, maxWaitingBytes: int.MaxValue);
        var stream = silo.Reflex.GetStream("orders");
        var random = new Random(maxGatheredBytes);
        var type = 0;
        var expected = new List<int>();
        for (var round = 0; round < 20; round++)
        {
            expected.Add(++type);
            var first = await StallAsync(silo, type, Token);
            var appends = new List<(int[] Types, CancellationTokenSource Enough, Task<IReadOnlyList<EventPosition>> Append)>();
            for (var i = 0; i < 40; i++)
            {
                var events = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Event(++type, random.Next(20_000))).ToArray();
                var enough = new CancellationTokenSource();
                appends.Add(([.. events.Select(e => e.Type.Value)], enough, AppendAsync(stream, events, enough.Token)));
            }

            var givenUp = appends.Where(_ => random.Next(3) == 0).ToArray();
            random.Shuffle(givenUp);
            foreach (var (_, enough, append) in givenUp)
            {
                await enough.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
            }

            _gate.SetResult();
            await first;
            foreach (var (types, enough, append) in appends.Except(givenUp))
            {
                Assert.Equal(Enumerable.Range(expected.Count + 1, types.Length), (await append).Select(position => (int)position.Id.Value));
                expected.AddRange(types);
                enough.Dispose();
            }
        }

        Assert.Equal(expected, await TypesAsync(stream));
    }

    private static NewEvent Event(int type, int metadataBytes = MetadataBytes) =>
        new(type, "x") { Metadata = new byte[metadataBytes] };

    private static async Task<IReadOnlyList<EventPosition>> AppendAsync(IEventStream stream, NewEvent[] events, CancellationToken enough) =>
        events is [var one] ? [await stream.AppendAsync(one, enough)] : await stream.AppendAsync(events, enough);

    private static async Task<IEnumerable<int>> TypesAsync(IEventStream stream) =>
        (await stream.ToHeadAsync()).Select(e => e.Type.Value);

    private static Task<LogBusyException> RefusedAsync(Task append)
    {
        Assert.True(append.IsCompleted, "The append waits.");
        return Assert.ThrowsAsync<LogBusyException>(() => append);
    }

    private static async Task GiveUpAsync(IEventStream stream, int events)
    {
        using var enough = new CancellationTokenSource();
        var append = AppendAsync(stream, [.. Enumerable.Repeat(Event(-1), events)], enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
    }

    /// <summary>Appends an event at which the storage stands still; ends when it does.</summary>
    private async Task<Task<EventPosition>> StallAsync(TestSilo silo, int type, CancellationToken enough)
    {
        var isStalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopping = silo.Services.GetRequiredService<SiloDrain>().Stopping;
        _storage.BeforeAppend = () =>
        {
            isStalled.TrySetResult();
            return _gate.Task.WaitAsync(stopping);
        };
        var append = silo.Reflex.GetStream("orders").AppendAsync(Event(type), enough);
        await isStalled.Task.WaitAsync(Token);
        return append;
    }

    private Task<TestSilo> StartAsync(int maxGatheredBytes, int maxWaitingBytes = MaxWaitingBytes) => TestSilo.StartAsync(
        reflex => reflex.AddStream("orders"),
        _data,
        options => (options.MaxGatheredBytes, options.MaxWaitingBytes) = (maxGatheredBytes, maxWaitingBytes),
        services => services.AddSingleton<IEventLogProvider>(_storage));
}
