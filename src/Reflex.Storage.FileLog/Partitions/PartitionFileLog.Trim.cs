using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    // A segment that is begun at least so many times within the retention's age lets events go soon after it.
    private const int SegmentsPerAge = 4;

    private bool _isFolderDirty;
    private long? _maxSegmentAge;

    public ValueTask TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfFailed();
        return new ValueTask(RunAsync(() => Trim(retention, now, cancellationToken)));
    }

    private void Trim(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _maxSegmentAge = retention.MaxAge?.Ticks / SegmentsPerAge;
        try
        {
            using var hold = HoldAsOwner();
            while (_state.Segments.Length > 1 && IsPastRetention(_state, retention, now))
            {
                cancellationToken.ThrowIfCancellationRequested();
                RemoveOldest();
            }
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new LogFailedException(_partition, "a segment could not be removed.", $"{_folder}: {DiskErrors.Tell(error)}", error);
        }
    }

    private bool IsPastRetention(LogState state, Retention retention, DateTimeOffset now) =>
        state.Bytes > retention.MaxBytes
        || (retention.MaxAge is { } age && LastAppendedAt(state.Segments[0]) < Ticks.Of(now) - age.Ticks);

    private long LastAppendedAt(Segment segment)
    {
        if (segment.LastAppendedAt is null)
        {
            using var lease = segment.File.Rent();
            segment.LastAppendedAt = SegmentIndexes.Get(_context, segment, lease.File).Last.AppendedAt;
        }

        return segment.LastAppendedAt.Value;
    }

    /// <summary>
    /// Removes the oldest segment, durably before the next one is touched: were a later one lost first, a crash would leave a
    /// hole in the middle.
    /// </summary>
    private void RemoveOldest()
    {
        FlushFolderIfDirty();
        var state = _state;
        var oldest = state.Segments[0];
        _state = state with { Segments = state.Segments[1..], Bytes = state.Bytes - oldest.DiskBytes };
        try
        {
            _context.Layer.Delete(oldest.Path);
        }
        catch
        {
            _state = state;
            throw;
        }

        _isFolderDirty = true;
        _context.Indexes.Forget(oldest);
        oldest.Dispose();
        FlushFolderIfDirty();
        _context.Layer.Delete(oldest.IndexPath);
        LogSegmentTrimmed(_context.Logger, _partition, oldest.Path, _state.Oldest - 1);
    }

    private void FlushFolderIfDirty()
    {
        if (_isFolderDirty)
        {
            _context.Layer.FlushFolder(_folder);
            _isFolderDirty = false;
        }
    }

    /// <summary>Whether a segment is ended for its age, so that a slow stream's events can go as well.</summary>
    private bool IsOldEnough(SegmentWriter writer, EventBatch next)
    {
        if (_maxSegmentAge is not { } maxAge || writer.IsEmpty)
        {
            return false;
        }

        writer.FirstAppendedAt ??= ReadFirstAppendedAt(writer.Segment);
        return Ticks.Of(next) - writer.FirstAppendedAt > maxAge;
    }

    private static long ReadFirstAppendedAt(Segment segment)
    {
        using var lease = segment.File.Rent();
        var scanner = new SegmentScanner(lease.File, SegmentHeader.Size, SegmentHeader.Size + EventBatch.MaxSize);
        return scanner.TryNext(segment.BaseId, out var batch)
            ? Ticks.Of(batch)
            : throw Damage.At(segment, SegmentHeader.Size, segment.BaseId);
    }
}
