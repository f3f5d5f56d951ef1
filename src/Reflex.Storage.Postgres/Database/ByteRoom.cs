namespace Reflex.Storage.Postgres.Database;

/// <summary>How much many may have in memory together. Whoever finds no room waits, in the order of coming. Thread-safe.</summary>
/// <param name="max">In bytes; what is larger has the room alone.</param>
internal sealed class ByteRoom(long max)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Entered)> _waiting = new();
    private long _used;

    /// <summary>Waits for room, which is given back by <see cref="Leave"/>.</summary>
    public Task EnterAsync(long bytes)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && TryTake_NeedsLock(bytes))
            {
                return Task.CompletedTask;
            }

            var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, entered));
            return entered.Task;
        }
    }

    public void Leave(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            while (_waiting.TryPeek(out var next) && TryTake_NeedsLock(next.Bytes))
            {
                _waiting.Dequeue().Entered.SetResult();
            }
        }
    }

    private bool TryTake_NeedsLock(long bytes)
    {
        if (_used > 0 && _used + bytes > max)
        {
            return false;
        }

        _used += bytes;
        return true;
    }
}
