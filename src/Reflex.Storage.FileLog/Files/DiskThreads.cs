namespace Reflex.Storage.FileLog.Files;

/// <summary>The few threads that write and flush for all logs, so that at most one of the pool's waits for the disk.</summary>
/// <remarks>
/// A thread is started when work finds none idle, up to the limit; beyond it work waits in its order. The queue needs no bound
/// of its own: a log has one piece of work in it at a time. One of the pool's threads is taken before these for an append:
/// where little is appended the caller's own goes on, and waking a sleeping one takes half as long as a flush.
/// </remarks>
internal sealed class DiskThreads(int limit) : IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Action> _work = new();
    private int _threads;
    private int _idle;
    private bool _isLent;
    private bool _disposed;

    /// <summary>Runs an action on one of the threads; what awaits it goes on elsewhere.</summary>
    /// <param name="action">What blocks on the disk.</param>
    public Task RunAsync(Action action)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() => Complete(completion, Try(action)));
        return completion.Task;
    }

    /// <summary>Runs an append's action on the thread that the pool lends, or on one of these while it is lent already.</summary>
    /// <param name="action">What blocks on the disk.</param>
    /// <returns>A task that what awaits it goes on with on the same thread: it must do little, and not block.</returns>
    public Task RunAppendAsync(Action action)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        var completion = new TaskCompletionSource();
        if (Interlocked.CompareExchange(ref _isLent, true, false))
        {
            Enqueue(() => Complete(completion, Try(action)));
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(RunLent, (completion, action), preferLocal: true);
        }

        return completion.Task;
    }

    /// <summary>Ends the threads when they have done what waits; later work is refused.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private static Exception? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static void Complete(TaskCompletionSource completion, Exception? error)
    {
        if (error is null)
        {
            completion.SetResult();
        }
        else
        {
            completion.SetException(error);
        }
    }

    private void RunLent((TaskCompletionSource Completion, Action Action) work)
    {
        var error = Try(work.Action);

        // Given back before what awaits it goes on, which may bring the next append.
        Volatile.Write(ref _isLent, false);
        Complete(work.Completion, error);
    }

    private void Enqueue(Action work)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _work.Enqueue(work);
            if (_idle >= _work.Count)
            {
                Monitor.Pulse(_lock);
            }
            else if (_threads < limit)
            {
                _threads++;
                new Thread(Work) { IsBackground = true, Name = "Reflex file log" }.Start();
            }
        }
    }

    private void Work()
    {
        while (Take() is { } work)
        {
            work();
        }
    }

    private Action? Take()
    {
        lock (_lock)
        {
            _idle++;
            while (_work.Count == 0 && !_disposed)
            {
                Monitor.Wait(_lock);
            }

            _idle--;
            return _work.TryDequeue(out var work) ? work : null;
        }
    }
}
