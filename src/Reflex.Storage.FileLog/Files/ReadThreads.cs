namespace Reflex.Storage.FileLog.Files;

/// <summary>The few threads that read for all logs what the device has to bring, so that no thread of the pool waits for it.</summary>
/// <remarks>
/// <para>A thread is started when a read finds none idle, up to the limit. Beyond it reads wait, each as some memory and nothing else, up
/// to a limit too. The logs take turns, a read each: many readers of one keep those of another waiting for one read, and not for theirs.
/// </para>
/// <para>These are apart from <see cref="DiskThreads"/>, so that no append waits for readers and no reader for a flush.</para>
/// </remarks>
internal sealed class ReadThreads(int limit, int maxWaiting) : IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<ReadQueue> _turns = new();
    private int _threads;
    private int _idle;
    private int _waiting;
    private bool _disposed;

    /// <summary>How many reads may wait.</summary>
    public int MaxWaiting => maxWaiting;

    /// <summary>Has a read wait for its turn; false when as many wait as may.</summary>
    public bool TryEnqueue(QueuedRead read)
    {
        var queue = read.Queue;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ObjectDisposedException.ThrowIf(queue.IsClosed, queue);
            if (_waiting == maxWaiting)
            {
                return false;
            }

            if (_idle <= _waiting && _threads < limit)
            {
                new Thread(Work) { IsBackground = true, Name = "Reflex file log reads" }.Start();
                _threads++;
            }

            queue.Waiting.AddLast(read.Node);
            _waiting++;
            TakeTurn_NeedsLock(queue);
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Takes a read out that nobody waits for any more; false when it runs or has run.</summary>
    public bool TryRemove(QueuedRead read)
    {
        lock (_lock)
        {
            if (read.Node.List is not { } waiting)
            {
                return false;
            }

            waiting.Remove(read.Node);
            _waiting--;
            return true;
        }
    }

    /// <summary>Refuses what waits in a queue, and what comes later; the queue ends with what runs.</summary>
    public void Close(ReadQueue queue)
    {
        QueuedRead[] refused;
        lock (_lock)
        {
            queue.IsClosed = true;
            refused = [.. queue.Waiting];
            queue.Waiting.Clear();
            _waiting -= refused.Length;
            queue.EndIfClosed();
        }

        foreach (var read in refused)
        {
            read.SetException(new ObjectDisposedException(nameof(ReadQueue)));
        }
    }

    /// <summary>Ends the threads when they have done what waits; later reads are refused.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Work()
    {
        while (Take() is { } read)
        {
            var error = read.Run();
            End(read.Queue);
            if (error is null)
            {
                read.SetResult();
            }
            else
            {
                read.SetException(error);
            }
        }
    }

    private QueuedRead? Take()
    {
        lock (_lock)
        {
            _idle++;
            while (_waiting == 0 && !_disposed)
            {
                Monitor.Wait(_lock);
            }

            _idle--;
            return _waiting > 0 ? TakeNext_NeedsLock() : null;
        }
    }

    private QueuedRead TakeNext_NeedsLock()
    {
        while (true)
        {
            var queue = _turns.Dequeue();
            queue.IsInTurn = false;

            // Empty when its last read was cancelled.
            if (queue.Waiting.First is { Value: var read })
            {
                queue.Waiting.RemoveFirst();
                _waiting--;
                queue.Running++;
                TakeTurn_NeedsLock(queue);
                return read;
            }
        }
    }

    private void TakeTurn_NeedsLock(ReadQueue queue)
    {
        if (!queue.IsInTurn && queue.Waiting.Count > 0)
        {
            queue.IsInTurn = true;
            _turns.Enqueue(queue);
        }
    }

    private void End(ReadQueue queue)
    {
        lock (_lock)
        {
            queue.Running--;
            queue.EndIfClosed();
        }
    }
}
