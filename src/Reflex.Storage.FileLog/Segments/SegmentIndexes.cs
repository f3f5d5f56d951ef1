using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Loads the indexes of sealed segments, and makes them anew where they are lost.</summary>
internal static class SegmentIndexes
{
    /// <summary>The index of a segment; from memory, from its file, or from the segment itself.</summary>
    /// <exception cref="LogCorruptedException">The segment is damaged.</exception>
    public static SegmentIndex Get(LogContext context, Segment segment, IFile file)
    {
        if (segment.Index is { } known)
        {
            context.Indexes.OnUsed(segment);
            return known;
        }

        var header = SegmentFile.ReadHeader(segment, file);
        var index = new SegmentIndex(segment.BaseId);
        if (!TryLoad(context, segment, header, index))
        {
            index = Rebuild(context, segment, file);
            if (!context.IsReadOnly)
            {
                TryStore(context, segment, header, index);
            }
        }

        segment.LastAppendedAt = index.Last.AppendedAt;
        segment.Index = index;
        context.Indexes.OnUsed(segment);
        return index;
    }

    private static bool TryLoad(LogContext context, Segment segment, SegmentHeader header, SegmentIndex index)
    {
        try
        {
            using var file = context.Layer.Open(segment.IndexPath, FileOpening.Read);
            return IndexFile.Read(file, header, index, out _) && index.Last.Position == segment.End;
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            return false;
        }
    }

    private static SegmentIndex Rebuild(LogContext context, Segment segment, IFile file)
    {
        var index = new SegmentIndex(segment.BaseId);
        var scanner = new SegmentScanner(file, SegmentHeader.Size, segment.End);
        var nextId = segment.BaseId;
        while (scanner.Position < segment.End)
        {
            var position = scanner.Position;
            if (!scanner.TryNext(nextId, out var batch))
            {
                throw Damage.At(segment, position, nextId);
            }

            nextId = batch.LastId.Value + 1;
            if (scanner.Position == segment.End
                || scanner.Position - index.Last.Position >= context.Options.IndexIntervalBytes)
            {
                // A sealed segment was flushed before the next one was made; but whether the rest of an append was, nobody knows.
                index.Add(new IndexEntry(nextId, scanner.Position, Ticks.Of(batch), IsDurable: !batch.MoreFollows));
            }
        }

        return index;
    }

    private static void TryStore(LogContext context, Segment segment, SegmentHeader header, SegmentIndex index)
    {
        try
        {
            using var file = context.Layer.Open(segment.IndexPath, FileOpening.Replace);
            IndexFile.WriteAll(file, header, index.ToList());
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            // It is in memory now; whoever needs it later makes it again.
        }
    }
}
