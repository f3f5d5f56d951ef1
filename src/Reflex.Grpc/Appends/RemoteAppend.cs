using Reflex.Streams;

namespace Reflex.Grpc.Appends;

/// <summary>One caller's append, which waits to be sent or for its answer.</summary>
internal sealed class RemoteAppend(IReadOnlyList<V1.NewEvent> events, int bytes)
{
    // What an append takes besides its events: its own objects, and those of its caller's wait.
    private const int Overhead = 512;

    private readonly TaskCompletionSource<ArraySegment<EventPosition>> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<V1.NewEvent> Events => events;

    public int Bytes => bytes;

    /// <summary>What it counts for while it waits.</summary>
    public int WaitingBytes => bytes + Overhead;

    /// <summary>The events' positions.</summary>
    public Task<ArraySegment<EventPosition>> Completion => _completion.Task;

    public void Complete(ArraySegment<EventPosition> positions) => _completion.TrySetResult(positions);

    public void Fail(Exception error)
    {
        _completion.TrySetException(error);

        // Its caller may have stopped waiting.
        _ = _completion.Task.Exception;
    }
}
