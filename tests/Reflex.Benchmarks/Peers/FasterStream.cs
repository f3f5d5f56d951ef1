using FASTER.core;
using Reflex.Events;

namespace Reflex.Benchmarks.Peers;

/// <summary>One FASTER log.</summary>
internal sealed class FasterStream : IMeasuredStream, IAsyncDisposable
{
    private readonly FasterLogSettings _settings;
    private readonly FasterLog _log;
    private readonly SemaphoreSlim _uncommitted = new(0, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _committing = Task.CompletedTask;
    private readonly bool _waitsForCommit;
    private int _isUncommitted;

    public FasterStream(FasterLogSettings settings, bool waitsForCommit)
    {
        _settings = settings;
        _log = new FasterLog(settings);
        _waitsForCommit = waitsForCommit;
        if (waitsForCommit)
        {
            _committing = Task.Run(CommitAsync);
        }
    }

    public Task AppendAsync(NewEvent e)
    {
        var address = _log.Enqueue(Payload.Encode(e));
        return _waitsForCommit ? WaitForCommitAsync(address) : Task.CompletedTask;
    }

    public async Task AppendAsync(IReadOnlyList<NewEvent> events)
    {
        var last = 0L;
        foreach (var e in events)
        {
            last = _log.Enqueue(Payload.Encode(e));
        }

        if (_waitsForCommit)
        {
            await WaitForCommitAsync(last);
        }
    }

    public Task<Task> StartReadingAsync(long count, EventHandler handle, CancellationToken cancellationToken) =>
        Task.FromResult(Task.Run(() => ReadAsync(count, handle, cancellationToken), cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _log.Dispose();
        _settings.Dispose();
        _closing.Dispose();
        _uncommitted.Dispose();
    }

    private async Task ReadAsync(long count, EventHandler handle, CancellationToken cancellationToken)
    {
        // It scans what is committed.
        await _log.CommitAsync(cancellationToken);
        using var events = _log.Scan(0, long.MaxValue);
        while (count > 0)
        {
            if (events.GetNext(out var entry, out var length, out _))
            {
                Payload.Decode(entry.AsSpan(0, length), handle);
                count--;
            }
            else if (!await events.WaitAsync(cancellationToken))
            {
                throw new InvalidOperationException($"The log of FASTER ended with {count} events still to come.");
            }
        }
    }

    private async Task WaitForCommitAsync(long address)
    {
        if (Interlocked.Exchange(ref _isUncommitted, 1) == 0)
        {
            _uncommitted.Release();
        }

        await _log.WaitForCommitAsync(address + 1);
    }

    /// <summary>Commits what has gathered, again and again, as a group commit does.</summary>
    private async Task CommitAsync()
    {
        while (true)
        {
            await _uncommitted.WaitAsync(_closing.Token);
            Volatile.Write(ref _isUncommitted, 0);
            await _log.CommitAsync(_closing.Token);
        }
    }
}
