using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Verifying;

/// <summary>Tells a place where a batch wasn't there yet, or not all of it, from one where a batch was changed.</summary>
/// <remarks>
/// Whoever copies a segment while it is written reads zeros, or the end of the file, where a batch is a moment later. A lost write looks
/// the same; a changed byte doesn't.
/// </remarks>
internal static class UnwrittenPlace
{
    // So many zeros in a row are in no batch, unless a producer has put them into its metadata.
    private const int ZerosInARow = 64;

    // From here on a header that is written has no zeros only; see BATCH.md.
    private const int BaseIdOffset = 24;

    /// <param name="file">The segment.</param>
    /// <param name="position">The place.</param>
    /// <param name="next">Where the next valid batch is; null when none is.</param>
    public static bool Is(IFile file, long position, long? next)
    {
        var length = next ?? file.Length;
        var header = new byte[(int)Math.Min(EventBatch.MinHeaderSize, Math.Max(0, length - position))];
        var read = file.Read(header, position);
        if (read < EventBatch.MinHeaderSize || !header.AsSpan(BaseIdOffset).ContainsAnyExcept((byte)0))
        {
            return true;
        }

        var size = EventBatch.PeekSize(header);
        return size > 0 && (position + size > length ? next is null : HasZeros(file, position, size));
    }

    private static bool HasZeros(IFile file, long position, int size)
    {
        var batch = new byte[size];
        return batch.AsSpan(0, file.Read(batch, position)).IndexOf(new byte[ZerosInARow]) >= 0;
    }
}
