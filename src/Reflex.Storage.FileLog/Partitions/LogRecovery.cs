using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Segments;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>Finds out what a log holds when a new owner opens it, and repairs what a crash left. FORMAT.md says why it is right.</summary>
/// <remarks>
/// First it only looks: whatever makes it refuse the log is found before anything is changed. It reads one segment at most from
/// the last index entry on, however long the log is. The caller holds the partition's lock. For one use.
/// </remarks>
internal sealed partial class LogRecovery(LogContext context, PartitionId partition, string folder)
{
    private readonly List<Segment> _segments = [];
    private readonly List<Segment> _unfinished = [];

    /// <summary>The epoch above which no event may be, if the log is opened to be deleted; one that has such an event is refused.</summary>
    public long? LastEpoch { get; init; }

    /// <summary>Looks, repairs, and makes a new owner the stored one.</summary>
    public RecoveredLog Recover(OwnerHold hold)
    {
        var owner = hold.Read();
        var files = PartitionFolder.List(context.Layer, folder);
        var tail = Look(owner, files);
        if (tail?.HeadEpoch > LastEpoch)
        {
            // The slot that says so is damaged.
            throw new LogFencedException(partition, LastEpoch.Value, tail.HeadEpoch.Value);
        }

        var mayImport = MayImport(tail);
        if (Start is not null && !mayImport)
        {
            throw PartitionFileLog.HasOwnEvents(partition, tail!.Head);
        }

        if (files.Foreign.Count > 0)
        {
            LogForeign(context.Logger, partition, folder, PlainText.List(files.Foreign));
        }

        return Repair(hold, owner, files, tail) with { MayImport = mayImport };
    }

    /// <summary>
    /// What a new owner would find, for a reader. It changes nothing, but flushes what was written and may not be flushed.
    /// </summary>
    public LogState Read(OwnerHold hold)
    {
        var owner = hold.Read();
        var tail = Look(owner, PartitionFolder.List(context.Layer, folder));
        _unfinished.ForEach(segment => segment.Dispose());
        if (tail is not null && tail.Durable.Position < tail.End && !owner.Current.IsBuffered)
        {
            using var lease = tail.Segment.File.Rent();
            lease.File.Flush();
        }

        return State(tail, tail?.Head ?? 0);
    }

    /// <summary>Finds how the log ends; null when it has no segment.</summary>
    private LogTail? Look(OwnerState owner, PartitionFiles files)
    {
        PartitionFolder.RequireOwner(files, folder, owner);
        foreach (var (baseId, length) in files.Segments)
        {
            var indexLength = files.Indexes.GetValueOrDefault(baseId);
            _segments.Add(new Segment(folder, baseId, context.Files, context.Layer)
            {
                End = length,
                DiskBytes = length + indexLength,
            });
        }

        var tail = _segments.Count > 0 ? FindTail(owner.Current) : null;
        var head = tail?.Head ?? 0;
        if (head < owner.Current.Head)
        {
            throw Missing(owner.Current.Head, head, tail);
        }

        if (tail?.LastEpoch > owner.Current.Epoch && !owner.IsDamaged)
        {
            throw new LogCorruptedException(
                $"The owner file of {partition} says epoch {owner.Current.Epoch} and segment {tail.Segment.Path} has events of epoch " +
                $"{tail.LastEpoch}: {Moments.OrLost}. Nothing was changed.");
        }

        if (tail is { HeadEpoch: null })
        {
            tail.HeadEpoch = FindHeadEpoch(tail);
        }

        return tail;
    }

    /// <summary>The epoch of the last event before a place where recovery has begun, from its batch.</summary>
    private long FindHeadEpoch(LogTail tail)
    {
        var isInTail = tail.HasAppendEnd;
        if (!isInTail && _segments.Count < 2)
        {
            return 0;
        }

        var segment = isInTail ? tail.Segment : _segments[^2];
        using var lease = segment.File.Rent();
        var index = isInTail ? tail.Index : SegmentIndexes.Get(context, segment, lease.File);
        var end = isInTail ? tail.End : segment.End;
        var entry = index.Find(tail.Head);
        var walker = new SegmentWalker(new ReadableFile(lease.File, MayWait: true), entry.Position, end);
        var (position, id) = (entry.Position, entry.NextId);
        while (walker.TryNext(out var baseId, out var count) && walker.Position < end)
        {
            (position, id) = (walker.Position, baseId + count);
        }

        return new SegmentScanner(lease.File, position, end).TryNext(id, out var last) && last.LastId.Value == tail.Head
            ? last.Epoch
            : throw Damage.Find(segment, lease.File, entry, end);
    }

    private LogTail FindTail(OwnerRecord owner)
    {
        CheckChain();
        var tail = Scan(_segments[^1], owner);
        RefuseDamage(tail, owner);
        while (!tail.HasAppendEnd && _segments.Count > 1)
        {
            var before = Scan(_segments[^2], owner);
            if (before.ValidEnd != before.Length || before.NextId != tail.Segment.BaseId)
            {
                throw Damage.At(before.Segment, before.ValidEnd, before.NextId, tail.Segment.BaseId - 1);
            }

            if (!before.IsAppendCut)
            {
                break;
            }

            // The append that began in the segment before was not finished in this one, so this one is nobody's.
            _unfinished.Add(_segments[^1]);
            _segments.RemoveAt(_segments.Count - 1);
            tail = before;
        }

        return tail;
    }

    /// <summary>Walks over the batches after the last place that is known to be flushed.</summary>
    private LogTail Scan(Segment segment, OwnerRecord owner)
    {
        using var lease = segment.File.Rent();
        var header = SegmentFile.ReadHeader(segment, lease.File);
        var tail = Begin(segment, header, lease.File.Length);
        if (tail.Durable.Position > tail.Length)
        {
            throw Damage.At(segment, tail.Length, segment.BaseId, tail.Durable.NextId - 1);
        }

        var scanner = new SegmentScanner(lease.File, tail.Durable.Position, tail.Length);
        while (scanner.TryNext(tail.NextId, out var batch) && batch.Epoch >= tail.LastEpoch)
        {
            tail.ValidEnd = scanner.Position;
            tail.NextId = batch.LastId.Value + 1;
            tail.LastEpoch = batch.Epoch;
            tail.IsAppendCut = batch.MoreFollows;
            if (!batch.MoreFollows)
            {
                tail.End = scanner.Position;
                tail.Head = batch.LastId.Value;
                tail.AppendedAt = Ticks.Of(batch);
                tail.HeadEpoch = batch.Epoch;
                if (tail.End - tail.Index.Last.Position >= context.Options.IndexIntervalBytes)
                {
                    tail.Index.Add(new IndexEntry(tail.NextId, tail.End, tail.AppendedAt, IsDurable: true));
                }
            }
        }

        tail.Index.Add(new IndexEntry(tail.Head + 1, tail.End, tail.AppendedAt, IsDurable: true));
        return tail;
    }

    /// <summary>What the index says of a segment's end.</summary>
    private LogTail Begin(Segment segment, SegmentHeader header, long length)
    {
        var (index, indexLength) = LoadIndex(segment, header);
        var durable = index.LastDurable;
        var isAtStart = durable.Position == SegmentHeader.Size;
        return new LogTail
        {
            Segment = segment,
            Header = header,
            Index = index,
            IndexLength = indexLength,
            Durable = durable,
            Length = length,
            End = durable.Position,
            Head = durable.NextId - 1,
            AppendedAt = isAtStart ? header.Previous?.AppendedAt ?? 0 : durable.AppendedAt,
            HeadEpoch = isAtStart ? header.Previous?.Epoch : null,
            ValidEnd = durable.Position,
            NextId = durable.NextId,
        };
    }

    private (SegmentIndex Index, long Length) LoadIndex(Segment segment, SegmentHeader header)
    {
        var stored = new SegmentIndex(segment.BaseId);
        var isWhole = false;
        long length = 0;
        try
        {
            using var file = context.Layer.Open(segment.IndexPath, FileOpening.Read);
            isWhole = IndexFile.Read(file, header, stored, out length);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            // Without an index the segment is walked through from its start.
        }

        // A buffered owner's entries prove nothing after a power cut; the walk makes them anew.
        var certain = new SegmentIndex(segment.BaseId);
        var durableEnd = stored.LastDurable.Position;
        foreach (var entry in stored.ToList().Where(entry => entry.Position <= durableEnd))
        {
            certain.Add(entry);
        }

        return (certain, isWhole && certain.Last == stored.Last ? length : 0);
    }
}
