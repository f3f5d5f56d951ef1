using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Partitions;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Making and checking segment files.</summary>
internal static class SegmentFile
{
    /// <summary>Makes an empty segment that is durable, name included, when the call ends.</summary>
    public static Segment Create(LogContext context, string folder, SegmentHeader header)
    {
        var segment = new Segment(folder, header.BaseId, context.Files, context.Layer)
        {
            Header = header,
            Index = new SegmentIndex(header.BaseId),
        };

        // The name appears only when the header behind it is durable, so that a segment without one is damage, never a crash.
        var unfinished = segment.Path + PartitionFolder.UnfinishedExtension;
        using (var file = context.Layer.Open(unfinished, FileOpening.Replace))
        {
            file.Write(header.ToBytes(), 0);
            file.Flush();
        }

        context.Layer.Rename(unfinished, segment.Path);
        context.Layer.FlushFolder(folder);
        return segment;
    }

    /// <summary>Reads and checks a segment's header, once.</summary>
    /// <exception cref="LogCorruptedException">It is damaged, or another segment's.</exception>
    /// <exception cref="StorageRefusedException">A newer version wrote it.</exception>
    public static SegmentHeader ReadHeader(Segment segment, IFile file)
    {
        if (segment.Header is { } known)
        {
            return known;
        }

        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        var read = file.Read(bytes, 0);
        var version = SegmentHeader.Read(bytes[..read], out var header);
        if (version > SegmentHeader.Version)
        {
            throw new StorageRefusedException(
                $"Segment {segment.Path} has format version {version} and this program knows up to {SegmentHeader.Version}: " +
                "use the newer program.");
        }

        if (header is null || header.BaseId != segment.BaseId)
        {
            var found = header is null ? "no valid header" : $"the header of one that begins with event {header.BaseId}";
            throw new LogCorruptedException(
                $"Segment {segment.Path} is damaged at position 0: expected the header of a segment that begins with event " +
                $"{segment.BaseId}, found {found}; restore the file from a backup.");
        }

        segment.Header = header;
        return header;
    }
}
