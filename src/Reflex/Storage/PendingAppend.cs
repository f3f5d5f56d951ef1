using Reflex.Events;

namespace Reflex.Storage;

/// <summary>An append that waits in a partition's queue.</summary>
internal sealed class PendingAppend(IReadOnlyList<EventBatch> batches, long arrived)
{
    private readonly TaskCompletionSource<EventId> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<EventBatch> Batches { get; } = batches;

    public long Bytes { get; } = batches.Sum(batch => (long)batch.Bytes.Length);

    public int Count { get; } = batches.Sum(batch => batch.Count);

    public long Arrived { get; } = arrived;

    public Task<EventId> Completion => _completion.Task;

    public void Complete() => _completion.TrySetResult(Batches[0].BaseId);

    public void Fail(Exception error) => _completion.TrySetException(error);
}
