using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Tests.Limits;

public sealed class MemoryBudgetTests
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBudget _budget;

    public MemoryBudgetTests() => _budget = new MemoryBudget(100, "bodies", LongestWait, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Take_WithinTheLimit_DoesNotWait()
    {
        Assert.True(_budget.TakeAsync(60, held: 0, Token).IsCompletedSuccessfully);
        Assert.True(_budget.TakeAsync(40, held: 0, Token).IsCompletedSuccessfully);
        Assert.False(_budget.TakeAsync(1, held: 0, Token).IsCompleted);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Take_MoreThanAllOfIt_IsGivenToOneAlone()
    {
        await _budget.TakeAsync(500, held: 0, Token);
        var second = _budget.TakeAsync(500, held: 0, Token);
        Assert.False(second.IsCompleted);

        _budget.GiveBack(500);

        await second;
        Assert.Equal(500, _budget.Used);
    }

    [Fact]
    public async Task Take_WhileOthersWait_ComesAfterThem()
    {
        await _budget.TakeAsync(90, held: 0, Token);
        var large = _budget.TakeAsync(50, held: 0, Token);
        var small = _budget.TakeAsync(10, held: 0, Token);
        Assert.False(large.IsCompleted || small.IsCompleted);

        _budget.GiveBack(90);

        await large;
        await small;
        Assert.Equal(60, _budget.Used);
    }

    [Fact]
    public async Task Take_MoreOfWhatOneHas_ComesBeforeThoseThatHaveNone()
    {
        await _budget.TakeAsync(90, held: 0, Token);
        await _budget.TakeAsync(10, held: 0, Token);
        var none = _budget.TakeAsync(50, held: 0, Token);
        var more = _budget.TakeAsync(60, held: 10, Token);

        _budget.GiveBack(90);

        await more;
        Assert.False(none.IsCompleted);
        _budget.GiveBack(70);
        await none;
    }

    [Fact]
    public async Task Take_MoreThanAllOfItByTheOnlyOneThatHasSome_IsGiven()
    {
        await _budget.TakeAsync(80, held: 0, Token);

        await _budget.TakeAsync(80, held: 80, Token);

        Assert.Equal(160, _budget.Used);
    }

    [Fact]
    public async Task Take_MoreByAllThatHaveSome_IsGivenToTheOneThatHasTheMost()
    {
        await _budget.TakeAsync(40, held: 0, Token);
        await _budget.TakeAsync(50, held: 0, Token);
        var less = _budget.TakeAsync(40, held: 40, Token);
        var most = _budget.TakeAsync(40, held: 50, Token);

        await most;
        Assert.False(less.IsCompleted);
        await _budget.TakeAsync(30, held: 90, Token).AsTask().WaitAsync(Token);
        Assert.False(less.IsCompleted);
        _budget.GiveBack(120);
        await less;
        Assert.Equal(80, _budget.Used);
    }

    [Fact]
    public async Task Take_NoRoomInTime_IsRefusedAndHoldsUpNobody()
    {
        await _budget.TakeAsync(90, held: 0, Token);
        var large = _budget.TakeAsync(50, held: 0, Token).AsTask();
        _time.Advance(LongestWait / 2);
        var small = _budget.TakeAsync(10, held: 0, Token);

        _time.Advance(LongestWait / 2);

        var error = await Assert.ThrowsAsync<ServerBusyException>(() => large);
        Assert.True(error.IsTransient);
        Assert.Contains("bodies may hold 100 bytes", error.Message, StringComparison.Ordinal);
        await small;
        Assert.Equal(100, _budget.Used);
    }

    [Fact]
    public async Task Take_Cancelled_LeavesNothingTaken()
    {
        using var cancelling = new CancellationTokenSource();
        await _budget.TakeAsync(100, held: 0, Token);
        var waiting = _budget.TakeAsync(10, held: 0, cancelling.Token).AsTask();

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _budget.GiveBack(100);
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public async Task Take_FromManyThreads_NeverExceedsTheLimitAndLosesNothing()
    {
        var most = 0L;
        await Parallel.ForAsync(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            var bytes = 1 + (i % 60);
            using var share = CancellationTokenSource.CreateLinkedTokenSource(token);
            if (i % 7 == 0)
            {
                await share.CancelAsync();
            }

            try
            {
                await _budget.TakeAsync(bytes, held: 0, share.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var used = _budget.Used;
            InterlockedMax(ref most, used);
            await Task.Yield();
            _budget.GiveBack(bytes);
        });

        Assert.Equal(0, _budget.Used);
        Assert.InRange(most, 1, 100);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var before = Volatile.Read(ref most); value > before; before = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, before) == before)
            {
                return;
            }
        }
    }
}
