using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>The log of one partition in segment files. FORMAT.md describes them.</summary>
/// <remarks>
/// One append, trim or close at a time works on a thread for the disk, holding the partition's lock, after it has found that its
/// epoch is still the stored one. Readers go by <see cref="_state"/>, which is replaced when something became durable or was
/// trimmed, and wait for nobody.
/// </remarks>
internal sealed partial class PartitionFileLog : IEventLog
{
    private readonly LogContext _context;
    private readonly PartitionId _partition;
    private readonly string _folder;
    private readonly OwnerFile _owner;
    private volatile LogState _state;
    private volatile LogFailedException? _failure;
    private SegmentWriter? _writer;
    private Task _running = Task.CompletedTask;
    private long _appendedAt;
    private int _isClosed;

    private PartitionFileLog(LogContext context, PartitionId partition, string folder, OwnerFile owner, RecoveredLog recovered)
    {
        _context = context;
        _partition = partition;
        _folder = folder;
        _owner = owner;
        _state = recovered.State;
        _reads = new ReadQueue(context.Reads, partition);
        _pages = new PageReader(context, partition, _reads, () => _state);
        Epoch = recovered.Epoch;
        _mayImport = recovered.MayImport;
        if (recovered.Tail is { } tail)
        {
            _writer = new SegmentWriter(context, tail.Segment, tail.Header, tail.End);
            _appendedAt = tail.AppendedAt;
            WarnOfIndex(_writer.OpenIndex(tail.IndexLength));
            _state = _state with { Bytes = _state.Bytes + _writer.MeasureGrowth() };
        }
    }

    public long Epoch { get; }

    public LogBounds Bounds => _state.Bounds;

    public LogFailedException? Failure => _failure;

    /// <summary>Opens a partition's log as its new owner. Blocks its thread on the disk.</summary>
    public static PartitionFileLog Open(LogContext context, PartitionId partition, string folder, Action flushParents)
    {
        var owner = OpenOwner(context, folder);
        try
        {
            using var hold = owner.Hold();
            flushParents();
            var recovered = new LogRecovery(context, partition, folder).Recover(hold);
            var log = new PartitionFileLog(context, partition, folder, owner, recovered);
            LogOpened(context.Logger, partition, log.Epoch, log._state.Oldest, log._state.Head);
            return log;
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    private static OwnerFile OpenOwner(LogContext context, string folder)
    {
        // Before the file is made: a log without it is refused as it is. Nobody can hold the lock of a file that isn't there.
        if (PartitionFolder.List(context.Layer, folder) is { HasOwner: false, Segments.Count: > 0 })
        {
            throw PartitionFolder.OwnerGone(folder, "missing");
        }

        var path = Path.Combine(folder, PartitionFolder.OwnerName);
        return new OwnerFile(new CachedFile(context.Files, context.Layer, path, FileOpening.Create));
    }

    /// <summary>Closes the log so that the next owner has nothing to repair.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        await _reads.CloseAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_failure is null && _writer is not null)
        {
            await _context.Threads.RunAsync(Close).ConfigureAwait(false);
        }

        CloseFiles();
        _owner.Dispose();
    }

    private void CloseFiles()
    {
        _writer?.CloseIndex();
        _writer?.Segment.Dispose();
        foreach (var segment in _state.Segments)
        {
            _context.Indexes.Forget(segment);
            segment.Dispose();
        }
    }

    private void Close()
    {
        try
        {
            using var hold = HoldAsOwner();
            _writer!.Seal();
            WarnOfIndex(_writer.NoteEnd(_state.Head + 1, _appendedAt, isAppendCut: false));
        }
        catch (LogFencedException)
        {
            // The new owner has looked after everything.
        }
        catch (Exception error) when (DiskErrors.IsDisk(error) || error is StorageRefusedException)
        {
            // Everything acknowledged is durable already; the next owner repairs what this one couldn't tidy up.
            LogCloseFailed(_context.Logger, error, _partition);
        }
    }

    /// <summary>Takes the partition's lock and looks whether this is its owner still.</summary>
    private OwnerHold HoldAsOwner()
    {
        var hold = _owner.Hold();
        try
        {
            RequireOwner(hold.Read().Current.Epoch);
            return hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    private void RequireOwner(long found)
    {
        if (found > Epoch)
        {
            throw new LogFencedException(_partition, Epoch, found);
        }

        if (found < Epoch)
        {
            throw new LogFailedException(
                _partition,
                $"its owner file says epoch {found} where {Epoch} was written; somebody has changed it.",
                _folder,
                innerException: null);
        }
    }

    /// <summary>Runs the one piece of work that a log does at a time.</summary>
    private Task RunAsync(Action action, bool isAppend = false)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
        if (!_running.IsCompleted)
        {
            throw new InvalidOperationException($"Another append or trim of {_partition} runs: the log's owner calls one after the other.");
        }

        return _running = isAppend ? _context.Threads.RunAppendAsync(action) : _context.Threads.RunAsync(action);
    }

    private void WarnOfIndex(Exception? error)
    {
        if (error is not null)
        {
            LogIndexFailed(_context.Logger, error, _partition, _folder);
        }
    }
}
