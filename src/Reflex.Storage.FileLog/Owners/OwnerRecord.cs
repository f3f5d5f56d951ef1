using System.Buffers.Binary;

namespace Reflex.Storage.FileLog.Owners;

/// <summary>Who owns a partition, as one slot of its owner file says; see FORMAT.md.</summary>
/// <param name="Epoch">The owner's number.</param>
/// <param name="Head">The newest event when it became the owner; flushed then, so that its absence is damage.</param>
/// <param name="IsBuffered">Whether it doesn't flush what it appends, so that a power cut may take any of it.</param>
/// <param name="IsDeleted">Whether it has deleted the log, which holds no event then.</param>
internal readonly record struct OwnerRecord(long Epoch, long Head, bool IsBuffered, bool IsDeleted = false)
{
    public const int Size = 64;
    public const int Version = 1;

    private const uint Magic = 0x314F5852; // "RXO1"
    private const int ChecksumOffset = 4;
    private const int CheckedOffset = 8;
    private const int VersionOffset = 8;
    private const int FlagsOffset = 10;
    private const int ProcessOffset = 12;
    private const int EpochOffset = 16;
    private const int HeadOffset = 24;
    private const int BufferedFlag = 1;
    private const int DeletedFlag = 2;

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[VersionOffset..], Version);
        var flags = (IsBuffered ? BufferedFlag : 0) | (IsDeleted ? DeletedFlag : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[FlagsOffset..], (ushort)flags);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[ProcessOffset..], Environment.ProcessId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[EpochOffset..], Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[HeadOffset..], Head);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumOffset..], Crc32C.Compute(bytes[CheckedOffset..Size]));
    }

    /// <summary>Reads a slot. Answers the version that wrote it; 0 when it is empty or damaged.</summary>
    public static int Read(ReadOnlySpan<byte> bytes, out OwnerRecord record)
    {
        record = default;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) != Crc32C.Compute(bytes[CheckedOffset..Size]))
        {
            return 0;
        }

        var flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[FlagsOffset..]);
        record = new OwnerRecord(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[EpochOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[HeadOffset..]),
            (flags & BufferedFlag) != 0,
            (flags & DeletedFlag) != 0);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]);
    }
}
