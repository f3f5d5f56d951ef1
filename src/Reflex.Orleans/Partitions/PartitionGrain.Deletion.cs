using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

internal sealed partial class PartitionGrain
{
    private Task? _deleting;
    private long _deletedUpTo;

    /// <summary>Whether nothing may be opened any more: a deletion that failed lets the partition go on.</summary>
    private bool IsDeleting => _deleting is { IsFaulted: false, IsCanceled: false };

    public async Task<DeleteResponse> DeleteAsync(DeleteRequest request)
    {
        if (_deleting is not { IsCompleted: false } || _deletedUpTo != request.Epoch)
        {
            _deletedUpTo = request.Epoch;
            _deleting = CloseAndDeleteAsync(request.Epoch, before: _deleting ?? Task.CompletedTask);
        }

        try
        {
            await _deleting;
        }
        catch (LogFencedException)
        {
            if (!_opening.IsCompletedSuccessfully)
            {
                // The next call goes to the newer owner, which is another activation.
                DeactivateOnIdle();
            }

            throw;
        }

        DeactivateOnIdle();
        return DeleteResponse.Instance;
    }

    private async Task CloseAndDeleteAsync(long epoch, Task before)
    {
        var partition = PartitionId.Parse(this.GetPrimaryKeyString());
        var opening = _opening;
        _openedAt = timeProvider.GetTimestamp();
        _opening = Task.FromException<PartitionLog>(new LogFailedException(partition, "its owner is closing; ask again."));

        // An opening that is under way comes first: it would fence the deletion.
        var earlier = Task.WhenAll(before, opening);
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (opening.IsCompletedSuccessfully)
        {
            var log = await opening;
            if (log.Epoch > epoch)
            {
                // A deletion of what was before this owner, which goes on.
                _opening = opening;
                throw new LogFencedException(partition, epoch, log.Epoch);
            }

            await log.DisposeAsync();
        }

        await provider.DeleteAsync(partition, epoch, CancellationToken.None);
        failed.Remove(partition);
        LogDeleted(logger, partition);
    }
}
