namespace Reflex.Storage.FileLog.Files;

/// <summary>The few threads that write and flush for all logs, so that no thread of the pool waits for the disk.</summary>
/// <remarks>
/// A thread is started when work finds none idle, up to the limit; beyond it work waits in its order. The queue needs no bound
/// of its own: a log has one piece of work in it at a time.
/// </remarks>
internal sealed class DiskThreads(int limit) : IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Action> _work = new();
    private int _threads;
    private int _idle;
    private bool _disposed;

    /// <summary>Runs an action on one of the threads.</summary>
    /// <param name="action">What blocks on the disk.</param>
    /// <param name="continuesHere">
    /// Whether what waits for it goes on on the same thread, which saves a change of threads: for a caller that does little more
    /// than to bring the next action. Otherwise it runs elsewhere.
    /// </param>
    public Task RunAsync(Action action, bool continuesHere = false)
    {
        var completion = new TaskCompletionSource(
            continuesHere ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() =>
        {
            try
            {
                action();
                completion.SetResult();
            }
            catch (Exception error)
            {
                completion.SetException(error);
            }
        });
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
