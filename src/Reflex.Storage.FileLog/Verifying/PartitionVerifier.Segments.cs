using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Verifying;

internal sealed partial class PartitionVerifier
{
    private const int ChunkSize = 1024 * 1024;

    /// <summary>Reads a segment's header; null when it isn't one, which is a finding.</summary>
    private SegmentHeader? ReadHeader(SegmentPlace segment, IFile file)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        var version = SegmentHeader.Read(bytes[..file.Read(bytes, 0)], out var header);
        if (version > SegmentHeader.Version)
        {
            Damaged(
                $"Segment {segment.Path} has format version {version} and this program knows up to {SegmentHeader.Version}: " +
                "use the newer program.",
                segment.Path,
                0);
            return null;
        }

        if (header?.BaseId == segment.BaseId)
        {
            return header;
        }

        var found = header is null ? "no valid header" : $"the header of one that begins with event {header.BaseId}";
        Damaged(
            $"Segment {segment.Path} is damaged at position 0: expected the header of a segment that begins with event " +
            $"{segment.BaseId}, found {found}; restore the file from a backup.",
            segment.Path,
            0,
            segment.BaseId);
        return null;
    }

    /// <summary>Finds out whether a segment follows the one before it.</summary>
    private void CheckChain(SegmentPlace segment, SegmentHeader? header, SegmentHeader? before, bool isFirst)
    {
        var expected = _nextId;
        _nextId = segment.BaseId;
        if (isFirst)
        {
            // What was trimmed ended there, though the segment may have no event yet.
            _head = segment.BaseId - 1;
            NoteEpoch(_head, header?.Previous?.Epoch ?? 0);
            return;
        }

        if (expected < segment.BaseId)
        {
            // Of what isn't there nobody can say it.
            NoteEpoch(expected, 0);
        }

        if (header is { } own && before is { } previous
            && (own.Ordinal != previous.Ordinal + 1 || own.PreviousBaseId != previous.BaseId))
        {
            var missing = Segment.PathOf(folder, own.PreviousBaseId, Segment.FileExtension);
            OfMoments(
                $"Segment {missing} is missing, which {segment.Path} follows: {Moments.OrLost}.",
                missing,
                null,
                expected,
                segment.BaseId - 1);
        }
        else if (expected != segment.BaseId)
        {
            OfMoments(
                $"Segment {segment.Path} begins with event {segment.BaseId}, but the log before it ends with event {expected - 1}: " +
                $"{Moments.OrLost}.",
                segment.Path,
                0,
                expected,
                segment.BaseId - 1);
        }
    }

    private void VerifySegment(SegmentPlace segment, IFile file, SegmentHeader? header, CancellationToken cancellationToken)
    {
        var length = file.Length;
        _isSegmentShort = false;
        var index = ReadIndex(segment, header, length);
        var scanner = new SegmentScanner(file, SegmentHeader.Size, length, ChunkSize);
        onRead(Math.Min(length, SegmentHeader.Size));
        while (scanner.Position < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var position = scanner.Position;
            if (scanner.TryNext(_nextId, out var batch) && batch.Epoch >= _lastEpoch)
            {
                CheckLife(segment, position, batch);
                Accept(batch);
                index.OnPlace(scanner.Position, _nextId, Ticks.Of(batch));
                onRead(scanner.Position - position);
                continue;
            }

            var next = FindNext(segment, file, position, length, index, header?.Epoch ?? 0);
            onRead(next - position);
            index.SkipTo(next);
            scanner = new SegmentScanner(file, next, length, ChunkSize);
        }

        if (segment.IsNewest && index.LastDurableId >= _nextId && !_isEndDamaged)
        {
            ReportLost(segment, file, length, index.LastDurableId);
        }

        _isSegmentShort |= _nextId != segment.NextBaseId;
        foreach (var message in index.End(isWhole: !_isSegmentShort, length))
        {
            Damaged(message, segment.IndexPath);
        }
    }

    /// <summary>Two logs that were one once have the same ids, and batches that fit each other but for their epochs.</summary>
    private void CheckLife(SegmentPlace segment, long position, EventBatch batch)
    {
        if (batch.PreviousEpoch is { } previous && _lastEpoch > 0 && previous != _lastEpoch)
        {
            OfMoments(
                $"The batch with event {batch.BaseId} at position {position} of segment {segment.Path} follows one of epoch {previous}, "
                + $"but the log before it ends with one of epoch {_lastEpoch}: {Moments.OrLost}.",
                segment.Path,
                position,
                batch.BaseId.Value,
                batch.LastId.Value);
        }
    }

    private void Accept(EventBatch batch)
    {
        NoteEpoch(_nextId, batch.Epoch);
        _nextId = batch.LastId.Value + 1;
        _lastEpoch = batch.Epoch;
        _cutEvents += batch.Count;
        if (!batch.MoreFollows)
        {
            _head = batch.LastId.Value;
            _wholeEvents += _cutEvents;
            _cutEvents = 0;
        }
    }

    /// <summary>
    /// Judges a place without a valid batch, and finds the place of the next one, or the file's end.
    /// </summary>
    private long FindNext(SegmentPlace segment, IFile file, long position, long length, IndexCheck index, long ownEpoch)
    {
        var later = LaterBatches.Find(file, position, length, _nextId, _lastEpoch);
        if (!segment.IsNewest)
        {
            var found = later.Select(entry => ((long Position, EventBatch Batch)?)entry).FirstOrDefault();
            _isSegmentShort |= found is null;
            return ReportDamage(segment, file, position, found, segment.NextBaseId - 1, length);
        }

        var isZero = IsZero(file, position, length);
        var durable = Math.Max(_owner.Current.Head, index.LastDurableId);
        if (!isZero && !_owner.Current.IsBuffered)
        {
            // What an imported batch says was durable was so in another log.
            var epoch = Math.Max(_lastEpoch, ownEpoch);
            durable = Math.Max(durable, LaterBatches.FindDurableId(file, position, length, _nextId, epoch));
        }

        if (durable >= _nextId)
        {
            var found = isZero ? null : later.Select(entry => ((long Position, EventBatch Batch)?)entry).FirstOrDefault();
            _isEndDamaged |= found is null;
            return ReportDamage(segment, file, position, found, durable, length);
        }

        if (!isZero)
        {
            Repairable(
                $"Segment {segment.Path} has {length - position} bytes after position {position} of an append that was never " +
                $"acknowledged; the next opening cuts them, and the log ends with event {_head}.",
                segment.Path,
                position);
        }

        return length;
    }

    /// <summary>Names what is lost at a place, goes on with the next batch, and answers where that is.</summary>
    private long ReportDamage(
        SegmentPlace segment, IFile file, long position, (long Position, EventBatch Batch)? found, long lastId, long length)
    {
        var last = found is { } next ? next.Batch.BaseId.Value - 1 : lastId;
        var lost = last >= _nextId ? $"; events {_nextId} to {last} are damaged" : "";
        var what =
            $"Segment {segment.Path} is damaged at position {position}: expected a valid batch with event {_nextId} there{lost}";
        if (UnwrittenPlace.Is(file, position, found?.Position))
        {
            OfMoments($"{what}: {Moments.OrLost}.", segment.Path, position, _nextId, last);
        }
        else
        {
            Damaged($"{what}; restore the file from a backup.", segment.Path, position, _nextId, last);
        }

        // What is left of an append that is damaged counts as events that can be read.
        _wholeEvents += _cutEvents;
        _cutEvents = 0;
        NoteEpoch(_nextId, 0);
        _nextId = last + 1;
        return found?.Position ?? length;
    }

    private void ReportLost(SegmentPlace segment, IFile file, long length, long durable)
    {
        _isEndDamaged = true;
        ReportDamage(segment, file, length, found: null, durable, length);
    }

    private static bool IsZero(IFile file, long position, long length)
    {
        var chunk = new byte[(int)Math.Min(ChunkSize, length - position)];
        for (var from = position; from < length; from += chunk.Length)
        {
            if (chunk.AsSpan(0, file.Read(chunk, from)).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }
}
