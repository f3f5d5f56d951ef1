using System.Diagnostics;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Pages;
using Reflex.Storage;

namespace Reflex.Orleans.Tails;

/// <summary>
/// What the readers of one process at the head of a partition share: one call to its owner that waits, and the newest batches that such
/// calls brought. Thread-safe.
/// </summary>
/// <remarks>
/// <para>It answers with events alone, which are durable and stay what they are, to readers whose event before them is of the epoch that
/// the batches tell. Whatever else there is to say of a place (that it is the head, ahead of it, expired, of another life) the owner
/// says.</para>
/// <para>The log may become another one: a standby without the newest commits is promoted, or a backup is restored. So what is kept counts
/// only while a call waits after it, which finds that out, or was answered seconds ago; and a call that failed there, or brought what
/// doesn't fit, leaves nothing kept. What has been the newest for a minute is let go, since retention may have removed it.</para>
/// </remarks>
/// <param name="pageBytes">About how much a reader is given at once.</param>
/// <param name="maxBytes">How much is kept.</param>
/// <param name="budget">How much all tails keep.</param>
/// <param name="timeProvider">The clock for waits.</param>
internal sealed class SharedTail(int pageBytes, long maxBytes, RecentBudget budget, TimeProvider timeProvider)
{
    // Shorter than any storage takes to become another one.
    private static readonly TimeSpan Certainty = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retained = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly RecentBatches _recent = new(maxBytes, budget);
    private CursorPlace? _last;
    private EventId _oldest = new(1);
    private WaitingCall? _call;
    private long _answeredAt;
    private long _keptAt;
    private bool _isUsed = true;
    private bool _isClosed;

    /// <summary>Reads a page as <see cref="IPageSource.ReadAsync"/> does; null when this was closed and another is to be asked.</summary>
    public Task<LogPage>? TryReadAsync(IPageSource owner, CursorPlace after, TimeSpan wait, CancellationToken cancellationToken)
    {
        WaitingCall? call;
        var isNew = false;
        lock (_lock)
        {
            if (_isClosed)
            {
                return null;
            }

            _isUsed = true;
            if (Find_NeedsLock(after) is { } page)
            {
                return Task.FromResult(page);
            }

            call = wait > TimeSpan.Zero ? Join_NeedsLock(owner, after, wait, out isNew) : null;
        }

        if (isNew)
        {
            Begin(call!);
        }

        return call is null ? owner.ReadAsync(after, wait, cancellationToken) : WaitAsync(call, wait, cancellationToken);
    }

    /// <summary>Closes it if nobody has used it since this was last asked.</summary>
    public bool TryClose()
    {
        lock (_lock)
        {
            _isClosed = !_isUsed && _call is null;
            _isUsed = false;
            if (_isClosed || timeProvider.GetElapsedTime(_keptAt) >= Retained)
            {
                Clear_NeedsLock();
            }

            return _isClosed;
        }
    }

    private LogPage? Find_NeedsLock(CursorPlace after)
    {
        if (_last is not { } last || !IsCertain_NeedsLock(last) || _recent.Read(after.Id, pageBytes) is not { } blocks)
        {
            return null;
        }

        var page = new LogPage(blocks, _oldest, last.Id);
        return after.Epoch == 0 || page.EpochOf(after.Id) == after.Epoch ? page : null;
    }

    private bool IsCertain_NeedsLock(CursorPlace last) =>
        _call?.After == last || timeProvider.GetElapsedTime(_answeredAt) < Certainty;

    /// <summary>The call that waits after a place; null for a reader elsewhere than at the shared one's, who calls for himself.</summary>
    /// <remarks>Whoever is far from the head, or errs, may have begun it; the end of what is kept is where most are next.</remarks>
    private WaitingCall? Join_NeedsLock(IPageSource owner, CursorPlace after, TimeSpan wait, out bool isNew)
    {
        isNew = _call is null || (_call.After != after && after == _last);
        if (isNew)
        {
            _call = new WaitingCall(owner, after, wait);
        }

        if (_call!.After != after)
        {
            return null;
        }

        _call.Join_NeedsLock();
        return _call;
    }

    /// <summary>Makes the call. It is for whoever comes, and so no part of its first reader's trace or request.</summary>
    private void Begin(WaitingCall call)
    {
        if (Activity.Current is not null || SynchronizationContext.Current is not null || RequestContext.Keys.Any())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Tail.AskAsync(state.Call), (Tail: this, Call: call), true);
            return;
        }

        // Here, since each change of threads costs a reader at the head some microseconds; but what follows is no part of a grain's turn.
        var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        using (flow)
        {
            if (TaskScheduler.Current == TaskScheduler.Default)
            {
                _ = AskAsync(call);
            }
            else
            {
                new Task(() => _ = AskAsync(call)).RunSynchronously(TaskScheduler.Default);
            }
        }
    }

    private async Task AskAsync(WaitingCall call)
    {
        try
        {
            var page = await call.AskAsync().ConfigureAwait(false);
            lock (_lock)
            {
                _answeredAt = timeProvider.GetTimestamp();
                Keep_NeedsLock(page);
                End_NeedsLock(call);
            }

            call.Complete(page);
        }
        catch (Exception error)
        {
            lock (_lock)
            {
                // One that was given up tells nothing, nor does what is wrong with a reader's own place.
                if (_call == call && (call.After == _last || !IsOfPlace(error)))
                {
                    Clear_NeedsLock();
                }

                End_NeedsLock(call);
            }

            call.Fail(error);
        }
    }

    private async Task<LogPage> WaitAsync(WaitingCall call, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            // It ends by itself in its own time.
            var page = wait >= call.Wait
                ? call.Page.WaitAsync(cancellationToken)
                : call.Page.WaitAsync(wait, timeProvider, cancellationToken);
            await ((Task)page).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (call.IsShared)
            {
                // One alone has it a change of threads sooner; of several none waits for what another one does with it.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            return await page.ConfigureAwait(false);
        }
        catch (TimeoutException) when (!call.Page.IsFaulted)
        {
            return call.Page.IsCompletedSuccessfully
                ? await call.Page.ConfigureAwait(false)
                : new LogPage([], _oldest, call.After.Id);
        }
        finally
        {
            await LeaveAsync(call).ConfigureAwait(false);
        }
    }

    private ValueTask LeaveAsync(WaitingCall call)
    {
        lock (_lock)
        {
            if (!call.Leave_NeedsLock())
            {
                return default;
            }

            End_NeedsLock(call);
        }

        return call.GiveUpAsync();
    }

    private void End_NeedsLock(WaitingCall call)
    {
        if (_call == call)
        {
            _call = null;
        }
    }

    private static bool IsOfPlace(Exception error) =>
        error is CursorAheadException or CursorExpiredException or CursorOfAnotherLifeException;

    /// <summary>Keeps what goes on after what is kept, or what is at the head, where the next reader will be.</summary>
    private void Keep_NeedsLock(LogPage page)
    {
        if (page.ReadTo is not null || page.Last is not { } last || _isClosed)
        {
            return;
        }

        if (_last is { } newest && (page.Head < newest.Id || !IsKept_NeedsLock(newest, last)))
        {
            Clear_NeedsLock();
        }

        if (last.Id <= _last?.Id)
        {
            return;
        }

        var batches = page.Batches().Where(batch => batch.BaseId > (_last?.Id ?? default)).ToArray();
        var goesOn = _last is { } before && batches is [var next, ..] && next.BaseId == before.Id.Next
            && (next.PreviousEpoch ?? before.Epoch) == before.Epoch;
        if (!goesOn)
        {
            if (last.Id < page.Head)
            {
                return;
            }

            Clear_NeedsLock();
            batches = [.. page.Batches()];
        }

        _recent.Add(batches);
        _last = last;
        _oldest = page.Oldest;
        _keptAt = _answeredAt;
    }

    /// <summary>Whether what a page ends with is what is kept, if that reaches so far.</summary>
    private bool IsKept_NeedsLock(CursorPlace newest, CursorPlace place) =>
        place.Id > newest.Id
        || _recent.Read(new EventId(place.Id.Value - 1), 1) is not [var block, ..]
        || new LogPage([block], _oldest, newest.Id).Batches().First().Epoch == place.Epoch;

    private void Clear_NeedsLock()
    {
        _recent.Clear();
        _last = null;
    }
}
