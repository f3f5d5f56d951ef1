using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>Making and checking segment files.</summary>
internal static class SegmentFile
{
    /// <summary>Writes an empty segment that is durable when the call ends, but for its name.</summary>
    public static Segment Prepare(LogContext context, string folder, SegmentHeader header)
    {
        var segment = new Segment(folder, header.BaseId, context.Files, context.Layer)
        {
            Header = header,
            Index = new SegmentIndex(header.BaseId),
        };
        using var file = context.Layer.Open(UnfinishedPath(segment), FileOpening.Replace);
        file.Write(header.ToBytes(), 0);
        file.Flush();
        return segment;
    }

    /// <summary>
    /// Gives a prepared segment its name, durably. It appears only when the file's header is durable, so that a segment without
    /// one is damage, never a crash.
    /// </summary>
    public static void Complete(LogContext context, string folder, Segment segment)
    {
        context.Layer.Rename(UnfinishedPath(segment), segment.Path);
        context.Layer.FlushFolder(folder);
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

    private static string UnfinishedPath(Segment segment) => segment.Path + Segment.UnfinishedExtension;
}
