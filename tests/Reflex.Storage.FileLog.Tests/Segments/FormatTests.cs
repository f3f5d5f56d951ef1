using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Segments;

/// <summary>
/// Pins the bytes and the numbers that FORMAT.md describes. A change of bytes is a change of the format, and needs a new version; a change
/// of another number has to be made in that document too.
/// </summary>
public sealed class FormatTests
{
    private static readonly SegmentHeader Header = new(
        BaseId: 0x0102, Ordinal: 3, PreviousBaseId: 0x0101, Epoch: 7, new PreviousEvent(Epoch: 6, AppendedAt: 0x11223344));

    [Fact]
    public void SegmentHeader_Bytes()
    {
        Assert.Equal(
            "52585331" + "SUM-----" + "0200" + "4000" + "00000000" + "0201000000000000" + "0300000000000000" + "0101000000000000"
            + "0700000000000000" + "0600000000000000" + "4433221100000000",
            WithoutChecksum(Header.ToBytes(), 4));
        Assert.Equal(SegmentHeader.Version, SegmentHeader.Read(Header.ToBytes(), out var read));
        Assert.Equal(Header, read);
    }

    [Fact]
    public void SegmentHeader_OfFormat1_IsReadAndCopiedAsItIs()
    {
        var former = Header with { Previous = null };
        Assert.Equal(
            "52585331" + "SUM-----" + "0100" + "4000" + "00000000" + "0201000000000000" + "0300000000000000" + "0101000000000000"
            + "0700000000000000" + "00000000000000000000000000000000",
            WithoutChecksum(former.ToBytes(), 4));
        Assert.Equal(1, SegmentHeader.Read(former.ToBytes(), out var read));
        Assert.Equal(former, read);
    }

    [Fact]
    public void IndexEntry_Bytes()
    {
        var entry = new IndexEntry(NextId: 0x0105, Position: 0x40FF, AppendedAt: 0x11223344, IsDurable: true);
        var bytes = new byte[IndexEntry.Size];
        entry.Write(bytes, Header);
        Assert.Equal(
            "SUM-----" + "01000000" + "0501000000000000" + "FF40000000000000" + "4433221100000000", WithoutChecksum(bytes, 0));
        Assert.True(IndexEntry.TryRead(bytes, Header, out var read));
        Assert.Equal(entry, read);
        Assert.False(IndexEntry.TryRead(bytes, Header with { Epoch = 8 }, out _));
        Assert.False(IndexEntry.TryRead(bytes, Header with { BaseId = 0x0103 }, out _));
    }

    [Fact]
    public void IndexFile_Bytes()
    {
        var disk = new SimulatedDisk();
        using var file = disk.Open("/index", FileOpening.Create);
        var entry = new IndexEntry(NextId: 0x0105, Position: 0x40FF, AppendedAt: 1, IsDurable: false);
        Assert.Equal(64, IndexFile.WriteAll(file, Header, [entry]));
        var bytes = disk.ReadAll("/index")!;
        Assert.Equal(
            "52584931" + "SUM-----" + "0100" + "000000000000" + "0201000000000000" + "0700000000000000",
            WithoutChecksum(bytes[..32], 4));
        Assert.Equal(
            "SUM-----" + "00000000" + "0501000000000000" + "FF40000000000000" + "0100000000000000", WithoutChecksum(bytes[32..], 0));
    }

    [Theory]
    [InlineData(false, false, "0000")]
    [InlineData(true, false, "0100")]
    [InlineData(false, true, "0200")]
    [InlineData(true, true, "0300")]
    public void OwnerRecord_Bytes(bool isBuffered, bool isDeleted, string flags)
    {
        var record = new OwnerRecord(Epoch: 9, Head: 0x0304, isBuffered, isDeleted);
        var bytes = new byte[OwnerRecord.Size];
        record.Write(bytes);
        var process = Convert.ToHexString(BitConverter.GetBytes(Environment.ProcessId));
        Assert.Equal(
            "52584F31" + "SUM-----" + "0100" + flags + process + "0900000000000000" + "0403000000000000" + new string('0', 64),
            WithoutChecksum(bytes, 4));
        Assert.Equal(OwnerRecord.Version, OwnerRecord.Read(bytes, out var read));
        Assert.Equal(record, read);
    }

    [Fact]
    public void Structures_AnyBitFlipped_AreNotRead()
    {
        var header = Header.ToBytes();
        var entry = new byte[IndexEntry.Size];
        new IndexEntry(0x0105, 0x40FF, 5, true).Write(entry, Header);
        var owner = new byte[OwnerRecord.Size];
        new OwnerRecord(9, 4, false).Write(owner);
        AssertFlips(header, () => SegmentHeader.Read(header, out _) == 0);
        AssertFlips(entry, () => !IndexEntry.TryRead(entry, Header, out _));
        AssertFlips(owner, () => OwnerRecord.Read(owner, out _) == 0);
    }

    [Fact]
    public void Structures_Sizes() => Assert.Equal(
        (64, 32, 32, 64, 4096),
        (SegmentHeader.Size, IndexFile.HeaderSize, IndexEntry.Size, OwnerRecord.Size, OwnerFile.SlotDistance));

    [Fact]
    public void SegmentNames_Digits() => Assert.Equal((20, ".log"), (PartitionFolder.IdDigits, Segment.FileExtension));

    [Fact]
    public void Index_IntervalAndSize()
    {
        var options = new FileLogOptions();
        Assert.Equal(64 * 1024, options.IndexIntervalBytes);
        Assert.Equal(32 * 1024, options.SegmentSizeBytes / options.IndexIntervalBytes * IndexEntry.Size);
    }

    [Fact]
    public void Appending_Zeros() => Assert.Equal((16 * 1024, 256 * 1024), (SegmentWriter.MinFill, SegmentWriter.MaxFill));

    [Fact]
    public void Trimming_SegmentsPerAgeAndBelievedTimes()
    {
        var earliest = Ticks.Of(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(
            (4, TimeSpan.FromMinutes(1).Ticks, TimeSpan.FromHours(1).Ticks, earliest),
            (PartitionFileLog.SegmentsPerAge, PartitionFileLog.Tolerance, PartitionFileLog.DoubtInterval, PartitionFileLog.Earliest));
    }

    [Fact]
    public void Copying_AttemptsAndIndexInterval() =>
        Assert.Equal((20, 64 * 1024), (PartitionCopy.MaxAttempts, PartitionCopy.IndexInterval));

    private static void AssertFlips(byte[] bytes, Func<bool> isRefused)
    {
        Assert.False(isRefused());
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(isRefused(), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static string WithoutChecksum(byte[] bytes, int at)
    {
        var hex = Convert.ToHexString(bytes);
        return string.Concat(hex.AsSpan(0, at * 2), "SUM-----", hex.AsSpan((at + 4) * 2));
    }
}
