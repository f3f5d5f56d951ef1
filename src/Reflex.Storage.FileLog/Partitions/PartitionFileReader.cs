using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>Reads a partition's log beside its owner. FORMAT.md, <i>Reading without owning</i>, says why it shows nothing else.</summary>
internal sealed class PartitionFileReader : IEventLogReader
{
    private readonly LogContext _context;
    private readonly PartitionId _partition;
    private readonly string _folder;
    private readonly OwnerFile _owner;
    private readonly ReadQueue _reads;
    private readonly PageReader _pages;
    private volatile LogState _state;

    private PartitionFileReader(LogContext context, PartitionId partition, string folder, OwnerFile owner, LogState state)
    {
        _context = context;
        _partition = partition;
        _folder = folder;
        _owner = owner;
        _state = state;
        _reads = new ReadQueue(context.Reads, partition);
        _pages = new PageReader(context, partition, _reads, () => _state);
    }

    public LogBounds Bounds => _state.Bounds;

    /// <summary>Begins to read; answers null when there is no log. Blocks its thread on the disk.</summary>
    public static PartitionFileReader? Open(LogContext shared, PartitionId partition, string folder)
    {
        var files = PartitionFolder.List(shared.Layer, folder);
        if (!files.HasOwner)
        {
            return files.Segments.Count > 0 ? throw PartitionFolder.OwnerGone(folder, "missing") : null;
        }

        var context = shared with { IsReadOnly = true };
        var path = Path.Combine(folder, PartitionFolder.OwnerName);
        var owner = new OwnerFile(new CachedFile(context.Files, context.Layer, path, FileOpening.Write));
        try
        {
            using var hold = owner.Hold();
            var found = hold.Read();

            // Deleted, or between the making of its folder and its first opening's end.
            var isNone = found.IsDeleted || (found is { Current.Epoch: 0, IsDamaged: false } && files.Segments.Count == 0);
            if (!isNone)
            {
                var state = new LogRecovery(context, partition, folder).Read(hold);
                return new PartitionFileReader(context, partition, folder, owner, state);
            }
        }
        catch
        {
            owner.Dispose();
            throw;
        }

        owner.Dispose();
        return null;
    }

    /// <summary>What is left of a log; null when it isn't deleted. Blocks its thread on the disk.</summary>
    public static DeletedLog? FindDeleted(LogContext shared, PartitionId partition, string folder)
    {
        var context = shared with { IsReadOnly = true };
        var path = Path.Combine(folder, PartitionFolder.OwnerName);
        using var owner = new OwnerFile(new CachedFile(context.Files, context.Layer, path, FileOpening.Write));
        using var hold = owner.Hold();
        var found = hold.Read();
        if (!found.IsDeleted)
        {
            return null;
        }

        var state = new LogRecovery(context, partition, folder).Read(hold);
        CloseFiles(context, state);
        var (_, head, _, epoch, appendedAt) = state.Bounds;
        return new DeletedLog(partition, new LogStart(head, epoch, appendedAt, found.Current.Epoch));
    }

    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _context.Threads.RunAsync(Look).ConfigureAwait(false);
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        _pages.ReadAsync(after, maxBytes, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _reads.CloseAsync().ConfigureAwait(false);
        CloseFiles(_context, _state);
        _owner.Dispose();
    }

    private void Look()
    {
        var before = _state;
        try
        {
            using var hold = _owner.Hold();
            _state = new LogRecovery(_context, _partition, _folder).Read(hold);
        }
        catch (UnauthorizedAccessException error)
        {
            throw DiskErrors.ToRefusal(_partition, error);
        }
        catch (IOException error)
        {
            throw DiskErrors.ToLogFailure(_partition, _folder, error);
        }

        CloseFiles(_context, before);
    }

    private static void CloseFiles(LogContext context, LogState state)
    {
        foreach (var segment in state.Segments)
        {
            context.Indexes.Forget(segment);
            segment.Dispose();
        }
    }
}
