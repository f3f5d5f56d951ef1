using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class LogRecovery
{
    private const int RewriteChunkSize = 1024 * 1024;

    /// <summary>
    /// Changes what must be changed. Each step may fail or be the last one before a crash: the next opening finds the same log.
    /// </summary>
    private RecoveredLog Repair(OwnerHold hold, OwnerState owner, PartitionFiles files, LogTail? tail)
    {
        foreach (var segment in _unfinished)
        {
            // Newest first, each made durable: a hole in the middle would be damage.
            segment.Dispose();
            context.Layer.Delete(segment.Path);
            context.Layer.FlushFolder(folder);
            context.Layer.Delete(segment.IndexPath);
            LogSegmentRemoved(context.Logger, partition, segment.Path);
        }

        if (tail is not null)
        {
            RepairTail(tail);
        }

        foreach (var leftover in files.Leftovers)
        {
            context.Layer.Delete(leftover);
        }

        // The newest names may be in memory only: an earlier flush of the folder may have failed, or never have come.
        context.Layer.FlushFolder(folder);

        // A damaged slot may be that of an owner whose number nobody knows, one above the one that is known.
        var known = Math.Max(Math.Max(owner.Current.Epoch, tail?.LastEpoch ?? 0), Start?.GreatestEpoch ?? 0);
        var epoch = context.DrawEpoch(known, owner.IsDamaged);
        if (owner.IsDamaged)
        {
            LogOwnerDamaged(context.Logger, partition, Path.Combine(folder, PartitionFolder.OwnerName), epoch);
        }

        var head = tail?.Head ?? 0;
        // No event is the proof of what was begun: it may begin anew elsewhere.
        var durable = tail is not null && IsBegun(tail) ? 0 : head;
        hold.Take(new OwnerRecord(epoch, durable, context.IsBuffered), owner);
        return new RecoveredLog(epoch, State(tail, head), tail, MayImport: false);
    }

    private LogState State(LogTail? tail, long head)
    {
        if (tail is not null)
        {
            tail.Segment.Index = tail.Index;
            tail.Segment.DiskBytes += tail.End - tail.Length;
            tail.Segment.End = tail.End;
        }

        var bytes = _segments.Sum(segment => segment.DiskBytes);
        return new LogState([.. _segments], head, tail?.End ?? 0, bytes, tail?.HeadEpoch ?? 0, tail?.AppendedAt ?? 0);
    }

    private void RepairTail(LogTail tail)
    {
        using var lease = tail.Segment.File.Rent();
        var from = tail.Durable.Position;
        if (tail.Length > tail.End)
        {
            WarnOfCut(tail, lease.File);
            lease.File.SetLength(tail.End);
        }

        if (tail.Length == tail.End && from == tail.End)
        {
            return;
        }

        // What lies after the last place that is known to be flushed may be in memory only: after a failed flush the system
        // calls such pages clean. Written again, they are flushed again, or the flush fails.
        var chunk = new byte[(int)Math.Min(RewriteChunkSize, tail.End - from)];
        while (from < tail.End)
        {
            var size = (int)Math.Min(chunk.Length, tail.End - from);
            if (lease.File.Read(chunk.AsSpan(0, size), from) != size)
            {
                throw new IOException($"Could not read {size} bytes of {tail.Segment.Path} at {from} a second time.");
            }

            lease.File.Write(chunk.AsSpan(0, size), from);
            from += size;
        }

        lease.File.Flush();
    }

    /// <summary>Says what is cut, unless it is only the zeros that were laid out for events to come.</summary>
    private void WarnOfCut(LogTail tail, IFile file)
    {
        var chunk = new byte[(int)Math.Min(RewriteChunkSize, tail.Length - tail.End)];
        for (var from = tail.End; from < tail.Length; from += chunk.Length)
        {
            var read = file.Read(chunk, from);
            if (chunk.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                LogTailCut(context.Logger, partition, tail.Length - tail.End, tail.Segment.Path, tail.End, tail.Head);
                return;
            }
        }
    }
}
