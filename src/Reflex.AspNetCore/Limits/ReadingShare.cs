namespace Reflex.AspNetCore.Limits;

/// <summary>What one stream's response takes of <see cref="ReadingBudget"/>. Not thread-safe, but for being cut.</summary>
internal sealed class ReadingShare(ReadingBudget budget, string name, Action cut, bool isStarting) : IDisposable
{
    // Two to four pages, the response's own buffer, and what the server has copied of it: measured, of a client that never reads.
    private const int Copies = 6;
    private const int LeastBytes = 64 * 1024;

    // A partition's call that waits, with what the cluster keeps of it: measured, of streams of 600 partitions at their heads.
    private const int PartitionBytes = 6 * 1024;

    private long _held;
    private long _heldForPartitions;
    private bool _isStarting = isStarting;

    public string Name => name;

    internal long BlockedSince { get; set; }

    internal LinkedListNode<ReadingShare>? Node { get; set; }

    /// <summary>Takes what the stream's partitions need until it ends; a single one needs next to nothing.</summary>
    /// <exception cref="ServerBusyException">There was no room in time.</exception>
    public async ValueTask TakeForPartitionsAsync(int partitions, CancellationToken cancellationToken)
    {
        if (partitions > 1)
        {
            var wanted = (long)PartitionBytes * partitions;
            await budget.TakeForPartitionsAsync(wanted, cancellationToken);
            _heldForPartitions = wanted;
        }
    }

    /// <summary>Takes what the stream needs to send what its buffer holds, if it hasn't that yet.</summary>
    /// <param name="buffered">How much that is; 0 before the first event.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    /// <exception cref="ServerBusyException">There was no room in time.</exception>
    public ValueTask TakeAsync(int buffered, CancellationToken cancellationToken)
    {
        var wanted = (long)Copies * Math.Max(LeastBytes, buffered);
        return wanted <= _held && !_isStarting ? ValueTask.CompletedTask : GrowAsync(wanted, buffered, cancellationToken);
    }

    /// <summary>Gives back all but what its partitions need: all that there was is sent, and the stream waits.</summary>
    public void Rest()
    {
        if (_held > 0)
        {
            budget.GiveBack(_held);
            _held = 0;
        }
    }

    /// <summary>Waits for a write that may take as long as the client likes.</summary>
    public async ValueTask SendAsync<T>(ValueTask<T> write)
    {
        if (write.IsCompleted)
        {
            await write;
            return;
        }

        budget.OnBlocked(this);
        try
        {
            await write;
        }
        finally
        {
            budget.OnUnblocked(this);
        }
    }

    public void Dispose()
    {
        Rest();
        budget.GiveBackOfPartitions(_heldForPartitions);
        _heldForPartitions = 0;
        EndStart();
    }

    internal void Cut()
    {
        try
        {
            cut();
        }
        catch (ObjectDisposedException)
        {
            // Its response has ended meanwhile. This runs in a timer, where an exception would end the process.
        }
    }

    private async ValueTask GrowAsync(long wanted, int buffered, CancellationToken cancellationToken)
    {
        if (wanted > _held)
        {
            await budget.TakeAsync(wanted - _held, _held + _heldForPartitions, cancellationToken);
            _held = wanted;
        }

        if (buffered > 0)
        {
            // How large its events are is known from now on.
            EndStart();
        }
    }

    private void EndStart()
    {
        if (_isStarting)
        {
            _isStarting = false;
            budget.EndStart();
        }
    }
}
