using System.Buffers.Binary;
using System.Text;
using Reflex.Storage;

namespace Reflex.Testing.Conformance;

/// <summary>Makes batches with keys, and picked ones, of plain batches, by BATCH.md.</summary>
internal static class KeyedAndPicked
{
    private const int SizeOffset = 4;
    private const int ChecksumOffset = 8;
    private const int CheckedOffset = 12;
    private const int HeaderSizeOffset = 12;
    private const int FlagsOffset = 14;
    private const int CountOffset = 16;
    private const int PickedFromOffset = 20;
    private const int BaseIdOffset = 24;
    private const int KeysFlag = 2;
    private const int PickedFlag = 4;

    private const int RecordHeaderSize = 20;
    private const int ForeignIdSizeOffset = 16;
    private const int TraceSizeOffset = 18;
    private const int KeyFollowsFlag = 0x8000;

    /// <summary>The bytes of a batch with keys, sealed if it is.</summary>
    /// <param name="batch">The batch, which has none.</param>
    /// <param name="keyOf">The key of the record at a place, from 0; null for one that gets none.</param>
    public static byte[] WithKeys(ReadOnlyMemory<byte> batch, Func<int, string?> keyOf) =>
        Change(batch.Span, (place, record) => keyOf(place) is { } key ? AddKey(record, key) : record, KeysFlag);

    /// <summary>The bytes of a picked batch.</summary>
    /// <param name="batch">The sealed batch, which has no keys.</param>
    /// <param name="isWanted">Whether the record at a place, from 0, is picked.</param>
    public static byte[] Pick(ReadOnlyMemory<byte> batch, Func<int, bool> isWanted) =>
        Change(batch.Span, (place, record) => isWanted(place) ? [.. BitConverter.GetBytes(place), .. record] : null, PickedFlag);

    private static byte[] Change(ReadOnlySpan<byte> batch, Func<int, byte[], byte[]?> change, int flag)
    {
        var at = (int)BinaryPrimitives.ReadUInt16LittleEndian(batch[HeaderSizeOffset..]);
        List<byte> changed = [.. batch[..at]];
        var count = 0;
        var from = BinaryPrimitives.ReadInt32LittleEndian(batch[CountOffset..]);
        for (var place = 0; place < from; place++)
        {
            var record = batch.Slice(at, BinaryPrimitives.ReadInt32LittleEndian(batch[at..])).ToArray();
            at += record.Length;
            if (change(place, record) is { } kept)
            {
                changed.AddRange(kept);
                count++;
            }
        }

        var bytes = changed.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(SizeOffset), bytes.Length);
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(batch[FlagsOffset..]) | flag;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(FlagsOffset), (ushort)flags);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountOffset), count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(PickedFromOffset), flag == PickedFlag ? from : 0);
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(BaseIdOffset)) > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Compute(bytes.AsSpan(CheckedOffset)));
        }

        return bytes;
    }

    private static byte[] AddKey(byte[] record, string key)
    {
        var text = Encoding.UTF8.GetBytes(key);
        var traceSize = BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(TraceSizeOffset));
        var end = RecordHeaderSize + BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(ForeignIdSizeOffset)) + traceSize;
        byte[] keyed = [.. record[..end], .. BitConverter.GetBytes((ushort)text.Length), .. text, .. record[end..]];
        BinaryPrimitives.WriteInt32LittleEndian(keyed, keyed.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(keyed.AsSpan(TraceSizeOffset), (ushort)(traceSize | KeyFollowsFlag));
        return keyed;
    }
}
