using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    private bool _isFolderDirty;

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
    private bool Trim(Retention retention, DateTimeOffset at)
    {
        var now = Ticks.Of(at);
        _maxSegmentAge = retention.MaxAge?.Ticks / SegmentsPerAge;
        _trimmedAt = now;
        try
        {
            using var hold = HoldAsOwner();
            return _state.Oldest <= _state.Head && (TrimByBytes(retention) || (retention.MaxAge is { } age && TrimByAge(age, now)));
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new LogFailedException(_partition, "a segment could not be removed.", $"{_folder}: {DiskErrors.Tell(error)}", error);
        }
    }

    private bool TrimByBytes(Retention retention)
    {
        var holdsHead = _state.Segments.Length == 1 || _state.Segments[1].BaseId > _state.Head;
        if (holdsHead || !(_state.Bytes > retention.MaxBytes))
        {
            return false;
        }

        RemovePastRetention();
        return true;
    }

    private bool TrimByAge(TimeSpan age, long now)
    {
        var time = TimeOfOldest(_state, now);
        if (time is { } appendedAt && appendedAt < now - age.Ticks)
        {
            if (_state.Segments.Length > 1)
            {
                RemovePastRetention();
            }
            else
            {
                RollToEmpty(appendedAt);
            }

            return true;
        }

        if (!IsDoubtful(_state, time, now, age))
        {
            return false;
        }

        // Later than every floor, so that it isn't taken for one.
        RollToEmpty(now + 1);
        return true;
    }

    /// <summary>
    /// Puts an empty segment after the newest one, or in the place of one that is empty, so that all events can be removed: its name
    /// and header say what the head was, and when that was appended.
    /// </summary>
    private void RollToEmpty(long appendedAt)
    {
        // A full disk, as a rule, ends it here, where nothing has changed yet.
        var next = PrepareNext(_state.Head + 1, new PreviousEvent(_state.HeadEpoch, appendedAt));
        Segment[] segments;
        try
        {
            segments = Roll(_state.Segments, next, _appendedAt, isAppendCut: false);
        }
        catch (Exception error)
        {
            // Whether the next segment is there is unknown, and so whether this one may grow.
            throw Fail(error);
        }

        _isFolderDirty = false;
        _appendedAt = appendedAt;
        Publish(segments, _state.Head, _state.HeadEpoch);
        Note(_state.Head + 1);
    }

    private void RemovePastRetention()
    {
        var path = _state.Segments[0].Path;
        RemoveOldest();
        LogSegmentTrimmed(_context.Logger, _partition, path, _state.Oldest - 1);
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
    }

    private void FlushFolderIfDirty()
    {
        if (_isFolderDirty)
        {
            _context.Layer.FlushFolder(_folder);
            _isFolderDirty = false;
        }
    }
}
