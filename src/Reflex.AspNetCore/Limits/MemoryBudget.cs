namespace Reflex.AspNetCore.Limits;

/// <summary>
/// Memory that requests may take together. What finds no room waits for a while, in the order of its arrival, and is then refused;
/// one that asks for more than all of it gets it when nobody else has any. Thread-safe.
/// </summary>
/// <remarks>
/// Those that have some and wait for more would wait for each other: when nobody else has any, the one that has the most gets what it asks
/// for. It alone goes over the limit then, since until it is done it has the most.
/// </remarks>
/// <param name="limit">In bytes.</param>
/// <param name="what">What takes it, for the error: "bodies and messages".</param>
/// <param name="longestWait">How long to wait for room.</param>
/// <param name="timeProvider">The clock of that.</param>
internal sealed class MemoryBudget(long limit, string what, TimeSpan longestWait, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private long _used;
    private long _heldByWaiting;

    /// <summary>What is taken now.</summary>
    public long Used
    {
        get
        {
            lock (_lock)
            {
                return _used;
            }
        }
    }

    /// <summary>How many wait for room now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes memory if there is room at once, and nobody waits for it.</summary>
    /// <inheritdoc cref="TakeAsync"/>
    public bool TryTake(long bytes, long held)
    {
        lock (_lock)
        {
            var takes = (_waiting.Count == 0 || held > 0) && HasRoom_NeedsLock(bytes, held);
            _used += takes ? bytes : 0;
            return takes;
        }
    }

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="held">
    /// What the caller has already: then it comes before those that have none, since what it has is of use to nobody until it goes on.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerBusyException">There was no room in time; nothing was taken.</exception>
    public ValueTask TakeAsync(long bytes, long held, CancellationToken cancellationToken)
    {
        if (TryTake(bytes, held))
        {
            return ValueTask.CompletedTask;
        }

        var waiter = new Waiter(bytes, held);
        lock (_lock)
        {
            Enqueue_NeedsLock(waiter);

            // There may be room since it was asked for.
            Serve_NeedsLock();
        }

        return new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    public void GiveBack(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            Serve_NeedsLock();
        }
    }

    private bool HasRoom_NeedsLock(long bytes, long heldByIdle) => _used == heldByIdle || _used + bytes <= limit;

    private void Enqueue_NeedsLock(Waiter waiter)
    {
        _heldByWaiting += waiter.Held;
        var before = waiter.Held > 0 ? _waiting.First : null;
        while (before is not null && before.Value.Held >= waiter.Held)
        {
            before = before.Next;
        }

        if (before is not null)
        {
            _waiting.AddBefore(before, waiter);
        }
        else
        {
            _waiting.AddLast(waiter);
        }
    }

    private void Serve_NeedsLock()
    {
        while (_waiting.First is { } first && HasRoom_NeedsLock(first.Value.Bytes, _heldByWaiting))
        {
            _used += first.Value.Bytes;
            _heldByWaiting -= first.Value.Held;
            _waiting.RemoveFirst();
            first.Value.Taken.SetResult();
        }
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Taken.Task.WaitAsync(longestWait, timeProvider, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            if (!TryLeave(waiter))
            {
                // It was its turn in the same moment.
                GiveBack(waiter.Bytes);
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw new ServerBusyException(
                $"The server is busy: {what} may hold {limit} bytes together, and there was no room for {waiter.Bytes} more within "
                + $"{longestWait}; ask again a little later, or for less at once.");
        }
    }

    private bool TryLeave(Waiter waiter)
    {
        lock (_lock)
        {
            var left = _waiting.Remove(waiter);
            if (left)
            {
                _heldByWaiting -= waiter.Held;

                // It may have held up smaller ones.
                Serve_NeedsLock();
            }

            return left;
        }
    }

    private sealed class Waiter(long bytes, long held)
    {
        public long Bytes => bytes;

        public long Held => held;

        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
