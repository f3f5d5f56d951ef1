using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

internal sealed partial class PartitionFileLog
{
    private readonly List<(SegmentWriter Writer, long NextId, long AppendedAt, bool IsAppendCut)> _sealed = [];

    public ValueTask AppendAsync(IReadOnlyList<EventBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ThrowIfFailed();
        Validate(batches);
        return new ValueTask(RunAsync(() => Append(batches), isAppend: true));
    }

    private void Append(IReadOnlyList<EventBatch> batches)
    {
        try
        {
            using var hold = HoldAsOwner();
            _mayImport &= batches[0].Epoch < Epoch;
            Write(batches);
        }
        catch (Exception error)
        {
            // Whatever it was: what the disk holds now is unknown.
            throw Fail(error);
        }
    }

    /// <summary>Latches a failure; answers how it is told.</summary>
    private LogFailedException Fail(Exception error)
    {
        var failure = DiskErrors.ToLogFailure(_partition, _folder, error);
        _failure = failure;
        if (failure is not LogFencedException)
        {
            LogFailed(_context.Logger, failure, _partition);
        }

        return failure;
    }

    private void Write(IReadOnlyList<EventBatch> batches)
    {
        var segments = _state.Segments;
        for (var from = 0; from < batches.Count;)
        {
            if (_writer is null || IsFull(_writer, batches, from))
            {
                segments = Roll(segments, batches, from);
            }

            var count = _writer!.CountFitting(batches, from);
            while (IsImportedTooLate(_writer, batches[from + count - 1]))
            {
                count--;
            }

            _writer.Write(batches, from, count);
            from += count;
        }

        if (!_context.IsBuffered)
        {
            _writer!.Flush();
        }

        var last = batches[^1];
        _appendedAt = Ticks.Of(last);
        Publish(segments, last.LastId.Value, last.Epoch);
        Note(last.LastId.Value + 1);
    }

    private bool IsFull(SegmentWriter writer, IReadOnlyList<EventBatch> batches, int from) =>
        IsOfFormat1(writer.Header) || writer.CountFitting(batches, from) == 0 || IsOldEnough(writer, batches[from])
        || IsImportedTooLate(writer, batches[from]);

    /// <summary>A program that knows that format only would take this one's batches in it for a torn write, and cut them off.</summary>
    private static bool IsOfFormat1(SegmentHeader header) => header.Previous is null;

    /// <summary>Begins another segment with a batch's first event.</summary>
    private Segment[] Roll(Segment[] segments, IReadOnlyList<EventBatch> batches, int from)
    {
        var (epoch, last) = from > 0 ? (batches[from - 1].Epoch, Ticks.Of(batches[from - 1])) : (_state.HeadEpoch, _state.HeadAppendedAt);
        var next = PrepareNext(batches[from].BaseId.Value, new PreviousEvent(epoch, TimeBefore(last, batches[from])));
        return Roll(segments, next, last, isAppendCut: from > 0 && batches[from - 1].MoreFollows);
    }

    /// <summary>Makes the segment that will follow the newest one, so far that it only lacks its name.</summary>
    private Segment PrepareNext(long baseId, PreviousEvent previous)
    {
        var (ordinal, previousBaseId) = _writer switch
        {
            null => (1, 0),
            { IsEmpty: true } begun => (begun.Header.Ordinal, begun.Header.PreviousBaseId),
            { } full => (full.Header.Ordinal + 1, full.Header.BaseId),
        };
        return SegmentFile.Prepare(_context, _folder, new SegmentHeader(baseId, ordinal, previousBaseId, Epoch, previous));
    }

    /// <summary>Ends the newest segment, if there is one, and begins the next. Answers the segments with it.</summary>
    private Segment[] Roll(Segment[] segments, Segment next, long last, bool isAppendCut)
    {
        var header = next.Header!;
        if (_writer is { IsEmpty: true } begun)
        {
            // One of format 1, which the next one replaces: it has the same name.
            begun.CloseIndex();
            begun.Segment.Dispose();
            _state = _state with { Bytes = _state.Bytes - begun.Segment.DiskBytes };
            segments = segments[..^1];
        }
        else if (_writer is { } full)
        {
            full.Seal();
            _sealed.Add((full, header.BaseId, last, isAppendCut));
        }

        SegmentFile.Complete(_context, _folder, next);
        _writer = new SegmentWriter(_context, next, header, SegmentHeader.Size);
        return [.. segments, next];
    }

    private void Publish(Segment[] segments, long head, long headEpoch) =>
        _state = new LogState(segments, head, _writer!.Position, _state.Bytes + MeasureGrowth(), headEpoch, _appendedAt);

    /// <summary>Writes index entries. Only now: an entry is the proof that what it stands after was acknowledged.</summary>
    private void Note(long nextId)
    {
        foreach (var (writer, endId, appendedAt, isAppendCut) in _sealed)
        {
            WarnOfIndex(writer.NoteEnd(endId, appendedAt, isAppendCut));
            writer.CloseIndex();
            _context.Indexes.OnUsed(writer.Segment);
        }

        WarnOfIndex(_writer!.Note(nextId, _appendedAt));
        if (MeasureGrowth() is var growth and not 0)
        {
            _state = _state with { Bytes = _state.Bytes + growth };
        }

        _sealed.Clear();
    }

    /// <summary>How much more the files that this append has touched take on the disk than was known.</summary>
    private long MeasureGrowth()
    {
        var growth = _writer!.MeasureGrowth();
        foreach (var (writer, _, _, _) in _sealed)
        {
            growth += writer.MeasureGrowth();
        }

        return growth;
    }

    private void ThrowIfFailed()
    {
        switch (_failure)
        {
            case null:
                return;
            case LogFencedException fenced:
                throw new LogFencedException(_partition, fenced.Epoch, fenced.FoundEpoch);
            case { } failure:
                throw new LogFailedException(_partition, "a write before this one failed; nothing of this one was written.", failure);
        }
    }

    private void Validate(IReadOnlyList<EventBatch> batches)
    {
        var next = _state.Head + 1;
        var previousEpoch = _state.HeadEpoch;
        foreach (var batch in batches)
        {
            ThrowIfPicked(batch, nameof(batches));
            if (!batch.IsSealed || batch.BaseId.Value != next || batch.Epoch != Epoch || batch.PreviousEpoch != previousEpoch
                || batch.DurableId >= batch.BaseId)
            {
                throw new ArgumentException(
                    $"A batch for {_partition} has base id {batch.BaseId}, epoch {batch.Epoch} and previous epoch {batch.PreviousEpoch}; "
                    + $"expected {next}, {Epoch} and {previousEpoch}.",
                    nameof(batches));
            }

            next = batch.LastId.Value + 1;
            previousEpoch = Epoch;
        }

        if (batches.Count == 0 || batches[^1].MoreFollows)
        {
            throw new ArgumentException($"An append to {_partition} has no batches, or lacks its last one.", nameof(batches));
        }
    }
    private void ThrowIfPicked(EventBatch batch, string parameter)
    {
        if (batch.IsPicked)
        {
            throw new ArgumentException(
                $"A batch for {_partition} holds only some of the events {batch.BaseId} to {batch.LastId}, as it was picked for a page; "
                + "expected the batch with all of them.",
                parameter);
        }
    }
}
