using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    private readonly ReadQueue _reads;
    private readonly PageReader _pages;

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        _pages.ReadAsync(after, maxBytes, cancellationToken);

    /// <remarks>As a read and not on the threads that flush: it waits for no append.</remarks>
    public async ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        var state = await Task.Run(() => LookForOwner(_owner.TryLook), cancellationToken).ConfigureAwait(false)
            ?? await _reads.RunAsync(() => LookForOwner(() => _owner.Look()), cancellationToken).ConfigureAwait(false);
        RequireOwner(state!.Value.Current.Epoch);
    }

    private OwnerState? LookForOwner(Func<OwnerState?> look)
    {
        try
        {
            return look();
        }
        catch (Exception error) when (DiskErrors.IsDisk(error) || error is ObjectDisposedException or StorageRefusedException)
        {
            throw new LogFailedException(_partition, "its owner could not be read; ask again.", DiskErrors.Tell(error), error);
        }
    }
}
