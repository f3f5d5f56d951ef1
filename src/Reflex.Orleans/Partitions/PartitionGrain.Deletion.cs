using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

internal sealed partial class PartitionGrain
{
    private Task? _deleting;

    /// <summary>Whether nothing may be opened any more: a deletion that failed lets the partition go on.</summary>
    private bool IsDeleting => _deleting is { IsFaulted: false, IsCanceled: false };

    public async Task<DeleteResponse> DeleteAsync(DeleteRequest request)
    {
        if (_deleting is not { IsCompleted: false })
        {
            _deleting = CloseAndDeleteAsync();
        }

        await _deleting;
        DeactivateOnIdle();
        return DeleteResponse.Instance;
    }

    private async Task CloseAndDeleteAsync()
    {
        var partition = PartitionId.Parse(this.GetPrimaryKeyString());
        var opening = _opening;
        _openedAt = timeProvider.GetTimestamp();
        _opening = Task.FromException<PartitionLog>(new LogFailedException(partition, "its owner is closing; ask again."));

        // An opening that is under way comes first: it would take the log's epoch after the deletion.
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (opening.IsCompletedSuccessfully)
        {
            var log = await opening;
            await log.DisposeAsync();
        }

        var epoch = await provider.GetEpochAsync(partition, CancellationToken.None);
        await provider.DeleteAsync(partition, epoch, CancellationToken.None);
        failed.Remove(partition);
        LogDeleted(logger, partition);
    }
}
