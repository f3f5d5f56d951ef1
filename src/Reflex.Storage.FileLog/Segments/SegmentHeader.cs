using System.Buffers.Binary;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>The first bytes of a segment file; see FORMAT.md.</summary>
/// <remarks>A class, so that threads share it as one reference, which is there or not.</remarks>
/// <param name="BaseId">The id of its first event.</param>
/// <param name="Ordinal">Its number among all segments that the partition ever had.</param>
/// <param name="PreviousBaseId">The base id of the segment before; 0 for the first.</param>
/// <param name="Epoch">The epoch of the owner that made it.</param>
/// <param name="Previous">The event before its first one; null when it isn't known: format 1 doesn't tell.</param>
internal sealed record SegmentHeader(long BaseId, long Ordinal, long PreviousBaseId, long Epoch, PreviousEvent? Previous)
{
    public const int Size = 64;
    public const int Version = 2;

    private const uint Magic = 0x31535852; // "RXS1"
    private const int ChecksumOffset = 4;
    private const int CheckedOffset = 8;
    private const int VersionOffset = 8;
    private const int SizeOffset = 10;
    private const int BaseIdOffset = 16;
    private const int OrdinalOffset = 24;
    private const int PreviousBaseIdOffset = 32;
    private const int EpochOffset = 40;
    private const int PreviousEpochOffset = 48;
    private const int PreviousAppendedAtOffset = 56;

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(VersionOffset), Previous is null ? (ushort)1 : (ushort)Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(SizeOffset), Size);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(BaseIdOffset), BaseId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(OrdinalOffset), Ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(PreviousBaseIdOffset), PreviousBaseId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(EpochOffset), Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(PreviousEpochOffset), Previous?.Epoch ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(PreviousAppendedAtOffset), Previous?.AppendedAt ?? 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Compute(bytes.AsSpan(CheckedOffset)));
        return bytes;
    }

    /// <summary>Reads a header that this or another version wrote. Answers its version; 0 when it is damaged.</summary>
    public static int Read(ReadOnlySpan<byte> bytes, out SegmentHeader? header)
    {
        header = null;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) != Crc32C.Compute(bytes[CheckedOffset..Size]))
        {
            return 0;
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]);
        header = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[BaseIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[OrdinalOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[PreviousBaseIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[EpochOffset..]),
            version == 1
                ? null
                : new PreviousEvent(
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[PreviousEpochOffset..]),
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[PreviousAppendedAtOffset..])));
        return version;
    }
}
