using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Client;

/// <summary>Appends to one partition that travel in one call. Filled, one group after the other, under its appender's lock.</summary>
/// <param name="singles">The appender's builder, empty, for events that come alone.</param>
internal sealed class AppendGroup(EventBatchBuilder singles)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ReadOnlyMemory<byte>> _batches = [];
    private int _batchedCount;
    private long _batchedBytes;

    /// <summary>The id of the group's first event, once all are durable.</summary>
    public Task<long> Completion => _completion.Task;

    /// <summary>What is sent, once the filling has ended.</summary>
    public ReadOnlyMemory<byte>[] Batches { get; private set; } = [];

    public int Count => _batchedCount + singles.Count;

    public long Bytes => _batchedBytes + singles.Bytes;

    /// <summary>Adds an event; answers its place in the group.</summary>
    public int Add(in NewEvent e)
    {
        var index = Count;
        singles.Add(e);
        return index;
    }

    /// <summary>Adds an append that is encoded already; answers its first event's place in the group.</summary>
    public int Add(EncodedAppend append)
    {
        CloseSingles();
        var index = Count;
        _batches.AddRange(append.Batches);
        _batchedCount += append.Count;
        _batchedBytes += append.Bytes;
        return index;
    }

    /// <summary>Ends the filling, and leaves the builder to the next group.</summary>
    public void Close()
    {
        CloseSingles();
        Batches = [.. _batches];
    }

    public void Complete(long firstId) => _completion.TrySetResult(firstId);

    public void Fail(Exception error)
    {
        _completion.TrySetException(error);

        // Everybody may have stopped waiting.
        _ = _completion.Task.Exception;
    }

    private void CloseSingles()
    {
        if (singles.Count > 0)
        {
            _batchedCount += singles.Count;
            _batchedBytes += singles.Bytes;
            _batches.AddRange(singles.Build());
        }
    }
}
