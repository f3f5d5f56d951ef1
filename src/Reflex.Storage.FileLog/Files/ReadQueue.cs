using Reflex.Streams;

namespace Reflex.Storage.FileLog.Files;

/// <summary>The reads of one log that wait for a thread, in their order. Thread-safe.</summary>
internal sealed class ReadQueue(ReadThreads threads, PartitionId partition)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waits; the threads' own, under their lock.</summary>
    internal LinkedList<QueuedRead> Waiting { get; } = [];

    /// <summary>Whether the threads will come to it.</summary>
    internal bool IsInTurn { get; set; }

    internal bool IsClosed { get; set; }

    internal int Running { get; set; }

    /// <summary>Reads on one of the threads when the log's turn has come; what awaits it goes on elsewhere.</summary>
    /// <param name="read">What blocks on the disk.</param>
    /// <param name="cancellationToken">Ends the read at once while it waits; one that runs is not interrupted.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="LogFailedException">As many reads wait as may.</exception>
    public async Task<T> RunAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        T result = default!;
        var queued = new QueuedRead(this, () => result = read());
        if (!threads.TryEnqueue(queued))
        {
            throw new LogFailedException(partition, $"{threads.MaxWaiting} reads wait for the disk already; ask again a little later.");
        }

        await using (cancellationToken.UnsafeRegister(Cancel, queued).ConfigureAwait(false))
        {
            await queued.Task.ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Refuses what waits and what comes later. Ends when nothing runs any more.</summary>
    public Task CloseAsync()
    {
        threads.Close(this);
        return _ended.Task;
    }

    /// <summary>Told by the threads, under their lock.</summary>
    internal void EndIfClosed()
    {
        if (IsClosed && Running == 0)
        {
            _ended.TrySetResult();
        }
    }

    private void Cancel(object? state, CancellationToken cancellationToken)
    {
        var queued = (QueuedRead)state!;
        if (threads.TryRemove(queued))
        {
            queued.SetCanceled(cancellationToken);
        }
    }
}
