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

    public async ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfFailed();
        var removed = false;
        await RunAsync(() => removed = Trim(retention, now)).ConfigureAwait(false);
        return removed;
    }

    /// <summary>Removes the oldest segment, or makes an empty one so that the next call can; false when there is nothing to do.</summary>
    private bool Trim(Retention retention, DateTimeOffset now)
    {
        _maxSegmentAge = retention.MaxAge?.Ticks / SegmentsPerAge;
        try
        {
            using var hold = HoldAsOwner();
            if (_state.Oldest > _state.Head || !IsPastRetention(_state, retention, now))
            {
                return false;
            }

            if (_state.Segments.Length > 1)
            {
                RemoveOldest();
            }
            else
            {
                RollToEmpty();
            }

            return true;
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new LogFailedException(_partition, "a segment could not be removed.", $"{_folder}: {DiskErrors.Tell(error)}", error);
        }
    }

    /// <summary>Whether the oldest segment may go; for its bytes only when the newest event is in a later one.</summary>
    private bool IsPastRetention(LogState state, Retention retention, DateTimeOffset now)
    {
        var oldest = state.Segments[0];
        var holdsHead = state.Segments.Length == 1 || state.Segments[1].BaseId > state.Head;
        return (state.Bytes > retention.MaxBytes && !holdsHead)
            || (retention.MaxAge is { } age && LastAppendedAt(state, oldest) < Ticks.Of(now) - age.Ticks);
    }

    /// <summary>
    /// Puts an empty segment after the newest one, so that all events can be removed: its name and header say what the head was.
    /// </summary>
    private void RollToEmpty()
    {
        // A full disk, as a rule, ends it here, where nothing has changed yet.
        var next = PrepareNext(_state.Head + 1, new PreviousEvent(_state.HeadEpoch, _state.HeadAppendedAt));
        Segment[] segments;
        try
        {
            segments = Roll(_state.Segments, next, isAppendCut: false);
        }
        catch (Exception error)
        {
            // Whether the next segment is there is unknown, and so whether this one may grow.
            throw Fail(error);
        }

        _isFolderDirty = false;
        Publish(segments, _state.Head, _state.HeadEpoch);
        Note(_state.Head + 1);
    }

    private long LastAppendedAt(LogState state, Segment segment)
    {
        if (ReferenceEquals(segment, state.Newest))
        {
            return state.HeadAppendedAt;
        }

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
