using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    /// <summary>
    /// Deletes what owners up to an epoch wrote of a partition's log, as an owner that nobody comes beside. Blocks its thread on the disk.
    /// </summary>
    /// <remarks>
    /// It looks whether there is a newer owner, takes an epoch before it changes anything and marks the log with another one when nothing
    /// is left, all under one lock: an opening comes before, and fences it, or after.
    /// </remarks>
    public static void Delete(LogContext context, PartitionId partition, long epoch, string folder, Action flushParents)
    {
        using var owner = OpenOwner(context, folder);
        using var hold = owner.Hold();
        var state = hold.Read();
        if (!state.IsDeleted)
        {
            if (state.Current.Epoch > epoch)
            {
                throw new LogFencedException(partition, epoch, state.Current.Epoch);
            }

            flushParents();
            var recovered = new LogRecovery(context, partition, folder) { LastEpoch = epoch }.Recover(hold);
            var log = new PartitionFileLog(context, partition, folder, owner, recovered);
            try
            {
                log.RemoveAll();
            }
            finally
            {
                log.CloseFiles();
            }

            state = hold.Read();
            LogDeleted(context.Logger, partition, log._state.Head);
        }

        // Of one that is marked too: the flush may have failed, and nobody knows whether the mark is on the device.
        var marked = state.Current with { Epoch = context.DrawEpoch(state.Current.Epoch, state.IsDamaged), IsDeleted = true };
        hold.Take(marked, state);
    }

    /// <summary>Leaves an empty segment that holds the head. Of a log that never had an event nothing is needed.</summary>
    private void RemoveAll()
    {
        if (_writer is null)
        {
            return;
        }

        if (!_writer.IsEmpty || IsOfFormat1(_writer.Header))
        {
            RollToEmpty(_state.HeadAppendedAt);
        }

        while (_state.Segments.Length > 1)
        {
            RemoveOldest();
        }

        // The last one's index.
        _isFolderDirty = true;
        FlushFolderIfDirty();
    }
}
