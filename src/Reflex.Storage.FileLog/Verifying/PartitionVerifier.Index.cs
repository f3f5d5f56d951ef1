using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Verifying;

internal sealed partial class PartitionVerifier
{
    // The smallest batch is a header and a record of 20 bytes, and an entry stands after one.
    private const int MinBatchSize = EventBatch.MinHeaderSize + 20;

    /// <summary>
    /// Reads a segment's index. What is lost of it is made again when it is needed, so only that of a segment which has got its
    /// end is missed at all.
    /// </summary>
    private IndexCheck ReadIndex(SegmentPlace segment, SegmentHeader? header, long length)
    {
        var index = new SegmentIndex(segment.BaseId);
        if (!segment.HasIndex)
        {
            return Missing(segment, "missing");
        }

        if (header is not { } known)
        {
            return new IndexCheck(segment.IndexPath, []);
        }

        bool isWhole;
        try
        {
            using var file = layer.Open(segment.IndexPath, FileOpening.Read);
            if (IndexFile.PeekVersion(file) is var version and not (0 or IndexFile.Version))
            {
                return Missing(segment, $"of version {version}, which this program doesn't know");
            }

            isWhole = file.Length <= IndexFile.HeaderSize + ((length / MinBatchSize + 1) * IndexEntry.Size)
                && IndexFile.Read(file, known, index, out _);
        }
        catch (StorageRefusedException special)
        {
            Damaged(special.Message, segment.IndexPath);
            return new IndexCheck(segment.IndexPath, []);
        }

        if (!isWhole || (!segment.IsNewest && index.Last.Position < length))
        {
            var how = isWhole ? "short" : "damaged";
            Repairable($"The index {segment.IndexPath} is {how}; it is made anew when it is needed.", segment.IndexPath);
        }

        return new IndexCheck(segment.IndexPath, index.ToList());
    }
    /// <summary>Checks nothing. Only of a segment that has got its end an index is missed.</summary>
    private IndexCheck Missing(SegmentPlace segment, string how)
    {
        if (!segment.IsNewest)
        {
            Repairable($"The index {segment.IndexPath} is {how}; it is made anew when it is needed.", segment.IndexPath);
        }

        return new IndexCheck(segment.IndexPath, []);
    }
}
