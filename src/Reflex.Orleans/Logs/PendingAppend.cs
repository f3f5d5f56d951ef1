using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Logs;

/// <summary>An append that waits in a partition's queue.</summary>
internal sealed class PendingAppend
{
    private readonly TaskCompletionSource<EventId> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PendingAppend(EventBatch[] batches, long arrived)
    {
        Batches = batches;
        Arrived = arrived;
        foreach (var batch in batches)
        {
            Bytes += batch.Bytes.Length;
            Count += batch.Count;
        }
    }

    public EventBatch[] Batches { get; }

    public long Bytes { get; }

    public int Count { get; }

    public long Arrived { get; }

    public Task<EventId> Completion => _completion.Task;

    public void Complete() => _completion.TrySetResult(Batches[0].BaseId);

    public void Fail(Exception error) => _completion.TrySetException(error);
}
