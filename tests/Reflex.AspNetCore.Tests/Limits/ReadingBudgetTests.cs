using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Tests.Limits;

public sealed class ReadingBudgetTests
{
    // What a stream of small events takes.
    private const int Share = 6 * 64 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<ReadingBudget> _logger = new();
    private readonly ReadingBudget _budget;

    public ReadingBudgetTests() => _budget = new ReadingBudget(
        Options.Create(new ReflexServerOptions { MaxReadingBytes = 2 * Share, TimeProvider = _time }), _logger);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Take_SmallAndLargeEvents_CountsTheLargestUntilItRests()
    {
        using var share = await OpenAsync();
        await share.TakeAsync(0, Token);
        Assert.Equal(Share, _budget.Used);

        await share.TakeAsync(100_000, Token);
        await share.TakeAsync(1000, Token);
        Assert.Equal(600_000, _budget.Used);

        share.Rest();
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public async Task Take_NoRoom_CutsTheOneThatIsBlockedForTheLongest()
    {
        var cuts = new List<string>();
        using var first = await OpenAsync("first", cuts);
        using var second = await OpenAsync("second", cuts);
        var (firstWrite, secondWrite) = (await BlockAsync(first), await BlockAsync(second));
        _time.Advance(TimeSpan.FromSeconds(2));

        using var third = await OpenAsync("third", cuts);
        var taking = third.TakeAsync(0, Token).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Contains("first", cuts);
        Assert.False(taking.IsCompleted);
        first.Dispose();
        await taking;
        Assert.StartsWith("first was cut", _logger.Collector.GetSnapshot()[0].Message, StringComparison.Ordinal);
        firstWrite.SetResult(0);
        secondWrite.SetResult(0);
    }

    /// <summary>Cuts are made in a timer, where an exception ends the process.</summary>
    [Fact]
    public async Task Take_NoRoomAndTheOneThatIsCutHasEndedMeanwhile_GoesOn()
    {
        using var first = await _budget.OpenAsync(
            "first", partitions: 1, hasEvents: false, () => throw new ObjectDisposedException("cutting"), Token);
        using var second = await OpenAsync("second", []);
        var (firstWrite, secondWrite) = (await BlockAsync(first), await BlockAsync(second));
        _time.Advance(TimeSpan.FromSeconds(2));

        using var third = await OpenAsync("third", []);
        var taking = third.TakeAsync(0, Token).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(250));

        first.Dispose();
        await taking;
        firstWrite.SetResult(0);
        secondWrite.SetResult(0);
    }

    [Fact]
    public async Task Take_NoRoomAndNobodyBlocked_IsRefusedInTime()
    {
        var cuts = new List<string>();
        using var first = await OpenAsync("first", cuts);
        using var second = await OpenAsync("second", cuts);
        await first.TakeAsync(0, Token);
        await second.TakeAsync(0, Token);
        using var third = await OpenAsync("third", cuts);
        var taking = third.TakeAsync(0, Token).AsTask();

        _time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<ServerBusyException>(() => taking);
        Assert.Empty(cuts);
    }

    [Fact]
    public async Task Take_RoomForAll_CutsNobodyHoweverSlow()
    {
        var cuts = new List<string>();
        using var share = await OpenAsync("slow", cuts);
        var write = await BlockAsync(share);
        _time.Advance(TimeSpan.FromDays(1));

        using var other = await OpenAsync("other", cuts);
        await other.TakeAsync(0, Token);

        Assert.Empty(cuts);
        write.SetResult(0);
    }

    [Fact]
    public async Task Open_ManyPartitions_TakesRoomForEachUntilItEnds()
    {
        var wide = await _budget.OpenAsync("wide", partitions: 100, hasEvents: false, () => { }, Token);
        Assert.Equal(100 * 6 * 1024, _budget.Used);

        var next = _budget.OpenAsync("next", partitions: 100, hasEvents: false, () => { }, Token).AsTask();
        wide.Rest();
        Assert.Equal(1, _budget.Waiting);

        wide.Dispose();
        (await next).Dispose();
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public async Task Take_WhileIdleStreamsHaveAllRoomOfPartitions_HasItsOwn()
    {
        using var wide = await _budget.OpenAsync("wide", partitions: 1000, hasEvents: false, () => { }, Token);
        using var narrow = await OpenAsync();

        await narrow.TakeAsync(0, Token);
        await narrow.TakeAsync(100_000, Token);
    }

    [Fact]
    public async Task Open_NoRoomForThePartitionsInTime_IsRefusedAndLeavesItsTurn()
    {
        using var wide = await _budget.OpenAsync("wide", partitions: 100, hasEvents: false, () => { }, Token);
        for (var i = 0; i < 40; i++)
        {
            var next = _budget.OpenAsync("next", partitions: 100, hasEvents: true, () => { }, Token).AsTask();

            _time.Advance(TimeSpan.FromSeconds(5));

            await Assert.ThrowsAsync<ServerBusyException>(() => next);
        }
    }

    [Fact]
    public async Task Open_WithEvents_LetsAFewBeginAtATime()
    {
        var starting = new List<ReadingShare>();
        for (var i = 0; i < 32; i++)
        {
            starting.Add(await _budget.OpenAsync("starting", partitions: 1, hasEvents: true, () => { }, Token));
        }

        using var atHead = await OpenAsync();
        var next = _budget.OpenAsync("next", partitions: 1, hasEvents: true, () => { }, Token).AsTask();
        Assert.False(next.IsCompleted);

        // Once it is known how large its events are.
        await starting[0].TakeAsync(0, Token);
        Assert.False(next.IsCompleted);
        await starting[0].TakeAsync(10, Token);

        (await next).Dispose();
        starting.ForEach(share => share.Dispose());
        Assert.Equal(0, _budget.Used);
    }

    private static async Task<TaskCompletionSource<int>> BlockAsync(ReadingShare share)
    {
        await share.TakeAsync(10, Token);
        var write = new TaskCompletionSource<int>();
        _ = share.SendAsync(new ValueTask<int>(write.Task)).AsTask();
        return write;
    }

    private ValueTask<ReadingShare> OpenAsync(string name = "one", List<string>? cuts = null) =>
        _budget.OpenAsync(name, partitions: 1, hasEvents: false, () => cuts?.Add(name), Token);
}
