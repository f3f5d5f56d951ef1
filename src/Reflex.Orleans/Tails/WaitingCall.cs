using Reflex.Cursors;
using Reflex.Orleans.Pages;
using Reflex.Storage;

namespace Reflex.Orleans.Tails;

/// <summary>
/// A call of an owner that waits for the event after a place, for every reader that has come to it. It is given up when the last of them
/// has left. Joined and left under the lock of its tail.
/// </summary>
/// <param name="owner">The way to the owner.</param>
/// <param name="after">The place.</param>
/// <param name="wait">For how long it waits.</param>
internal sealed class WaitingCall(IPageSource owner, CursorPlace after, TimeSpan wait) : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource<LogPage> _page = new();
    private volatile bool _isShared;
    private int _readers;

    public CursorPlace After => after;

    public TimeSpan Wait => wait;

    /// <summary>What it brings. Who waits for it goes on in the thread that completes it, which others may be waiting for.</summary>
    public Task<LogPage> Page => _page.Task;

    /// <summary>Whether several have waited for it.</summary>
    public bool IsShared => _isShared;

    public Task<LogPage> AskAsync() => owner.ReadAsync(after, wait, _ending.Token);

    public void Complete(LogPage page) => _page.SetResult(page);

    public void Fail(Exception error) => _page.SetException(error);

    public void Join_NeedsLock() => _isShared |= ++_readers > 1;

    /// <summary>Answers whether nobody waits for it any more.</summary>
    public bool Leave_NeedsLock() => --_readers == 0;

    public async ValueTask GiveUpAsync()
    {
        if (!Page.IsCompleted)
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            await ((Task)Page).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Dispose();
    }

    public void Dispose() => _ending.Dispose();
}
