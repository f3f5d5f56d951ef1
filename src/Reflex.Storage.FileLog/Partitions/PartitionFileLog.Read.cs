using Reflex.Events;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    private readonly PageReader _pages;

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        _pages.ReadAsync(after, maxBytes, cancellationToken);

    /// <remarks>As a read and not on the threads that flush: it waits for no append.</remarks>
    public async ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        RequireOwner(await _context.RunReadAsync(LookForOwner, cancellationToken).ConfigureAwait(false));
    }

    private long LookForOwner()
    {
        try
        {
            return _owner.Look().Current.Epoch;
        }
        catch (Exception error) when (DiskErrors.IsDisk(error) || error is ObjectDisposedException or StorageRefusedException)
        {
            throw new LogFailedException(_partition, "its owner could not be read; ask again.", DiskErrors.Tell(error), error);
        }
    }
}
