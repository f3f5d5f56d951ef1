using Reflex.Streams;

namespace Reflex.Grpc.Appends;

/// <summary>One caller's append, which waits to be sent or for its answer.</summary>
internal sealed class RemoteAppend(IReadOnlyList<V1.NewEvent> events, int bytes)
{
    private readonly TaskCompletionSource<ArraySegment<EventPosition>> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _isAbandoned;

    public IReadOnlyList<V1.NewEvent> Events => events;

    public int Bytes => bytes;

    /// <summary>Whether nobody waits any more, so that it needn't be sent.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Waits for the events' positions; cancelling ends the wait.</summary>
    public async Task<ArraySegment<EventPosition>> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _isAbandoned = true;
            throw;
        }
    }

    public void Complete(ArraySegment<EventPosition> positions) => _completion.TrySetResult(positions);

    public void Fail(Exception error)
    {
        _completion.TrySetException(error);

        // Its caller may have stopped waiting.
        _ = _completion.Task.Exception;
    }
}
