using System.Buffers.Binary;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>
/// A place between two batches of a segment, noted when every event before it was acknowledged; see FORMAT.md.
/// </summary>
/// <param name="NextId">The id of the event that comes, or will come, at this place.</param>
/// <param name="Position">The place, in bytes from the file's start.</param>
/// <param name="AppendedAt">When the batch before it was appended, in ticks since 1970; 0 at the segment's start.</param>
/// <param name="IsDurable">Whether everything before it was flushed, so that its absence is damage.</param>
internal readonly record struct IndexEntry(long NextId, long Position, long AppendedAt, bool IsDurable)
{
    public const int Size = 32;

    private const int FlagsOffset = 4;
    private const int NextIdOffset = 8;
    private const int PositionOffset = 16;
    private const int AppendedAtOffset = 24;
    private const uint DurableFlag = 1;

    public void Write(Span<byte> bytes, SegmentHeader segment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[FlagsOffset..], IsDurable ? DurableFlag : 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[NextIdOffset..], NextId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[PositionOffset..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[AppendedAtOffset..], AppendedAt);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum(bytes, segment));
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, SegmentHeader segment, out IndexEntry entry)
    {
        entry = new IndexEntry(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[NextIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[PositionOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[AppendedAtOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[FlagsOffset..]) == DurableFlag);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Checksum(bytes, segment)
            && entry.NextId >= segment.BaseId && entry.Position >= SegmentHeader.Size && entry.AppendedAt >= 0;
    }

    /// <summary>Covers which segment it speaks of, so that an entry in the wrong file is no proof of anything.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes, SegmentHeader segment)
    {
        Span<byte> bound = stackalloc byte[Size + 16];
        bytes[FlagsOffset..Size].CopyTo(bound);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(Size - FlagsOffset)..], segment.BaseId);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(Size - FlagsOffset + 8)..], segment.Epoch);
        return Crc32C.Compute(bound[..(Size - FlagsOffset + 16)]);
    }
}
