using Orleans.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Reflex.Cursors;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Tests.Consumers;

public sealed class ConsumerCursorTests
{
    private static readonly ConsumerKey Key = ConsumerKey.Parse("orders/0/printer");

    private readonly ScriptedStorage _storage = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ReflexOptions _options = new() { RetryBackoff = new() { Initial = TimeSpan.FromMilliseconds(10), Jitter = 0 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SetAsync_ManyMovesInAWindow_AreStoredAsOneAfterIt()
    {
        var cursor = await LoadAsync();

        for (var id = 1; id <= 100; id++)
        {
            await MoveAsync(cursor, id);
        }

        Assert.Equal(0, _storage.Writes);
        _time.Advance(_options.CursorFlushWindow / 2);
        Assert.Equal(1, _storage.Writes);
        Assert.Equal(new EventId(100), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task SetAsync_AMoveOlderThanTheWindow_IsStoredBeforeTheNextEvent()
    {
        var held = new TaskCompletionSource();
        var cursor = await LoadAsync();
        _storage.BeforeWrite = () => held.Task;
        await MoveAsync(cursor, 1);
        _time.Advance(_options.CursorFlushWindow / 2); // The write is under way, and held.
        await MoveAsync(cursor, 2);
        _time.Advance(_options.CursorFlushWindow / 2);

        var waiting = MoveAsync(cursor, 3).AsTask();

        Assert.False(waiting.IsCompleted);
        held.SetResult();
        await waiting.WaitAsync(Token);
        Assert.Equal(new EventId(3), (await LoadAsync()).Value);
        Assert.Equal(2, _storage.Writes);
    }

    [Fact]
    public async Task ClearAsync_OfWhatAnotherActivationHasStored_LeavesNothing()
    {
        _options.CursorFlushWindow = TimeSpan.Zero;
        var older = await LoadAsync();
        var newer = await LoadAsync();
        await MoveAsync(newer, 500);

        Assert.True(await older.ClearAsync(() => Task.FromResult(true)));

        Assert.Null(older.Value);
        Assert.Null((await LoadAsync()).Value);
    }

    [Fact]
    public async Task ClearAsync_OfARemovalThatHasEnded_LeavesWhatIsStoredAndStoresTheRest()
    {
        var cursor = await LoadAsync();
        await MoveAsync(cursor, 7);
        await cursor.FlushAsync(Token);
        await MoveAsync(cursor, 8);

        Assert.False(await cursor.ClearAsync(() => Task.FromResult(false)));

        Assert.Equal(new EventId(8), cursor.Value);
        Assert.Equal(new EventId(7), (await LoadAsync()).Value);
        _time.Advance(_options.CursorFlushWindow);
        Assert.Equal(new EventId(8), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task ClearAsync_AfterWhichAConsumerHasBegunAnew_LeavesItsCursor()
    {
        _options.CursorFlushWindow = TimeSpan.Zero;
        var late = await LoadAsync();
        await MoveAsync(late, 7);
        var questions = 0;

        // The removal isn't at its end yet when it is asked, and is when the record is cleared.
        Assert.False(await late.ClearAsync(async () =>
        {
            if (++questions > 1)
            {
                return false;
            }

            Assert.True(await (await LoadAsync()).ClearAsync(() => Task.FromResult(true)));
            await MoveAsync(await LoadAsync(), 3);
            return true;
        }));

        Assert.Equal(2, questions);
        Assert.Equal(new EventId(3), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task SetAsync_WindowOfZero_StoresEveryMove()
    {
        _options.CursorFlushWindow = TimeSpan.Zero;
        var cursor = await LoadAsync();

        await MoveAsync(cursor, 1);
        await MoveAsync(cursor, 2);

        Assert.Equal(2, _storage.Writes);
    }

    [Fact]
    public async Task FlushAsync_WithMoves_StoresThemAtOnce()
    {
        var cursor = await LoadAsync();
        await MoveAsync(cursor, 7);

        await cursor.FlushAsync(Token);

        Assert.Equal(new EventId(7), (await LoadAsync()).Value);
        await cursor.FlushAsync(Token);
        Assert.Equal(1, _storage.Writes);
    }

    [Fact]
    public async Task StoreLater_WhenTheStorageFails_TriesAgainUntilItIsStored()
    {
        var failures = 3;
        _storage.BeforeWrite = () => failures-- > 0 ? throw new IOException("away") : Task.CompletedTask;
        var cursor = await LoadAsync();
        await MoveAsync(cursor, 1);

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, _storage.Writes);
        Assert.Equal(new EventId(1), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task SetAsync_WhenTheStorageFailsForLong_FailsTheRunAndKeepsTheMove()
    {
        _storage.BeforeWrite = () => throw new IOException("away");
        var cursor = await LoadAsync();
        await MoveAsync(cursor, 1);
        _time.Advance(_options.CursorFlushWindow);

        await Assert.ThrowsAsync<IOException>(() => MoveAsync(cursor, 2).AsTask());

        _storage.BeforeWrite = () => Task.CompletedTask;
        await cursor.FlushAsync(Token);
        Assert.Equal(new EventId(2), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task FlushAsync_WhenAnotherActivationStored_FailsAndDoesntMoveItsCursor()
    {
        var old = await LoadAsync();
        var current = await LoadAsync();
        await current.StoreAsync(new EventId(10), isStopped: false, session: null);
        await MoveAsync(old, 5);

        await Assert.ThrowsAsync<InconsistentStateException>(() => old.FlushAsync(Token).AsTask());

        Assert.Equal(new EventId(10), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task StoreAsync_OutcomeUnknown_NeverStoresAnOlderCursorOverANewerOne()
    {
        var cursor = await LoadAsync();
        _storage.AfterWrite = () => throw new TimeoutException("no answer");
        await Assert.ThrowsAsync<TimeoutException>(() => cursor.StoreAsync(new EventId(5), isStopped: false, session: null));
        _storage.AfterWrite = () => Task.CompletedTask;

        // What this object believes is outdated now, so it can't write; the next activation reads what is there.
        await Assert.ThrowsAsync<InconsistentStateException>(() => cursor.StoreAsync(new EventId(6), isStopped: false, session: null));
        Assert.Equal(new EventId(5), (await LoadAsync()).Value);
    }

    /// <summary>It was stored, by this activation, which must not take itself for another one.</summary>
    [Fact]
    public async Task FlushAsync_AfterAMoveWhoseOutcomeIsUnknown_GoesOn()
    {
        var told = 0;
        var cursor = await LoadAsync(_ => told++);
        await LoseAnswerAsync(cursor, 1);
        await MoveAsync(cursor, 2);

        await cursor.FlushAsync(Token);

        Assert.Equal(0, told);
        Assert.Equal(new EventId(2), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task FlushAsync_AfterAMoveWhoseOutcomeIsUnknownAndAnotherActivationsClaim_IsRefused()
    {
        var told = 0;
        var older = await LoadAsync(_ => told++);
        await LoseAnswerAsync(older, 1);
        var newer = await LoadAsync();
        await newer.ClaimAsync();
        await MoveAsync(older, 2);

        await Assert.ThrowsAsync<InconsistentStateException>(() => older.FlushAsync(Token).AsTask());

        Assert.Equal(1, told);
        await MoveAsync(newer, 2);
        await newer.FlushAsync(Token);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(int.MaxValue, false)]
    public async Task TryFlushAsync_WhileTheStorageFails_IsTriedUntilTheTimeIsOver(int failures, bool isStored)
    {
        var cursor = await LoadAsync();
        await MoveAsync(cursor, 1);
        _storage.BeforeWrite = () => failures-- > 0 ? throw new IOException("away") : Task.CompletedTask;

        var flushing = cursor.TryFlushAsync(TimeSpan.FromSeconds(5));
        while (!flushing.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Assert.Equal(isStored, await flushing);
        Assert.Equal(isStored ? new EventId(1) : null, (await LoadAsync()).Value?.Id);
    }

    [Fact]
    public async Task StoreAsync_Stopped_IsKeptBesideTheCursor()
    {
        var cursor = await LoadAsync();
        await MoveAsync(cursor, 3);
        await cursor.StoreAsync(cursor.Value, isStopped: true, session: null);

        var loaded = await LoadAsync();
        Assert.True(loaded.IsStopped);
        Assert.Equal(new EventId(3), loaded.Value);
    }

    [Fact]
    public async Task StoreLater_AfterAnotherActivationHasStored_TellsOfItOnceWithoutANextMove()
    {
        var told = 0;
        var older = await LoadAsync(_ => told++);
        var newer = await LoadAsync();
        await MoveAsync(newer, 5);
        await newer.FlushAsync(Token);
        await MoveAsync(older, 3);
        Assert.Equal(0, told);

        _time.Advance(_options.CursorFlushWindow);

        Assert.Equal(1, told);
        await Assert.ThrowsAsync<InconsistentStateException>(() => older.FlushAsync(Token).AsTask());
        Assert.Equal(1, told);
        Assert.Equal(new EventId(5), (await LoadAsync()).Value);
    }

    [Fact]
    public async Task SetAsync_AfterDispose_IsRefused()
    {
        var cursor = await LoadAsync();
        cursor.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => MoveAsync(cursor, 1).AsTask());
    }

    private async Task LoseAnswerAsync(ConsumerCursor cursor, long id)
    {
        _storage.AfterWrite = () => throw new TimeoutException("no answer");
        await MoveAsync(cursor, id);
        await Assert.ThrowsAsync<TimeoutException>(() => cursor.FlushAsync(Token).AsTask());
        _storage.AfterWrite = () => Task.CompletedTask;
    }

    private async Task<ConsumerCursor> LoadAsync(Action<Exception>? onReplaced = null)
    {
        var cursor = new ConsumerCursor(_storage, Key, _options, _time, NullLogger.Instance) { OnReplaced = onReplaced ?? (_ => { }) };
        await cursor.LoadAsync();
        return cursor;
    }

    private static ValueTask MoveAsync(ConsumerCursor cursor, long id) =>
        cursor.SetAsync(Key.Consumer, Cursor.After(new EventId(id)), Token);
}
