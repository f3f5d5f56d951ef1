namespace Reflex.Storage.FileLog.Files;

/// <summary>A read that waits for a thread, and then runs on it.</summary>
internal sealed class QueuedRead : TaskCompletionSource
{
    private readonly Action _read;

    public QueuedRead(ReadQueue queue, Action read)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _read = read;
        Queue = queue;
        Node = new LinkedListNode<QueuedRead>(this);
    }

    public ReadQueue Queue { get; }

    /// <summary>Its place in the queue, while it waits; the threads' own.</summary>
    public LinkedListNode<QueuedRead> Node { get; }

    /// <summary>Reads, and answers how that failed; the task is to be ended with it.</summary>
    public Exception? Run()
    {
        try
        {
            _read();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
