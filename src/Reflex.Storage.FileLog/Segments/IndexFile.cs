using System.Buffers.Binary;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>The file beside a segment that holds its index entries. It may be lost or damaged: it can be made again.</summary>
internal static class IndexFile
{
    public const int HeaderSize = 32;
    public const int Version = 1;

    private const uint Magic = 0x31495852; // "RXI1"
    private const int ChecksumOffset = 4;
    private const int CheckedOffset = 8;
    private const int VersionOffset = 8;
    private const int BaseIdOffset = 16;
    private const int EpochOffset = 24;

    /// <summary>The version that the file has; 0 when its header isn't whole.</summary>
    public static int PeekVersion(IFile file)
    {
        var bytes = new byte[HeaderSize];
        return file.Read(bytes, 0) == HeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ChecksumOffset)) == Crc32C.Compute(bytes.AsSpan(CheckedOffset))
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(VersionOffset))
            : 0;
    }

    /// <summary>Reads the entries that are whole. Answers false when the file must be written anew before entries are added.</summary>
    public static bool Read(IFile file, SegmentHeader segment, SegmentIndex index, out long length)
    {
        length = file.Length;
        var bytes = new byte[(int)Math.Min(length, int.MaxValue / 2)];
        length = file.Read(bytes, 0);
        if (length < HeaderSize || !bytes.AsSpan(0, HeaderSize).SequenceEqual(Header(segment)))
        {
            return false;
        }

        var whole = (length - HeaderSize) % IndexEntry.Size == 0;
        for (var at = HeaderSize; at + IndexEntry.Size <= length; at += IndexEntry.Size)
        {
            whole &= IndexEntry.TryRead(bytes.AsSpan(at, IndexEntry.Size), segment, out var entry) && index.Add(entry);
        }

        return whole;
    }

    /// <summary>Writes the whole file; the caller has emptied it. Answers its length.</summary>
    public static long WriteAll(IFile file, SegmentHeader segment, IReadOnlyList<IndexEntry> entries)
    {
        file.Write(Header(segment), 0);
        return Write(file, segment, entries, HeaderSize);
    }

    /// <summary>Writes entries at the file's end. Answers its new length.</summary>
    public static long Write(IFile file, SegmentHeader segment, IReadOnlyList<IndexEntry> entries, long position)
    {
        var bytes = new byte[entries.Count * IndexEntry.Size];
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].Write(bytes.AsSpan(i * IndexEntry.Size, IndexEntry.Size), segment);
        }

        file.Write(bytes, position);
        return position + bytes.Length;
    }

    private static byte[] Header(SegmentHeader segment)
    {
        var bytes = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(VersionOffset), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(BaseIdOffset), segment.BaseId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(EpochOffset), segment.Epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Compute(bytes.AsSpan(CheckedOffset)));
        return bytes;
    }
}
