using System.Buffers.Binary;
using System.Globalization;
using CsCheck;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Tests.Shared;
using Reflex.Tests.Support;

namespace Reflex.Tests.Storage;

public sealed class EventBatchTests
{
    // BATCH.md by hand, field for field: two events, sealed as 7 and 8 by the owner with epoch 3, after 2's, while 5 was durable.
    private const string Snapshot =
        "52584232" + "84000000" + "CHECKSUM" + "4000" + "0000" + "02000000" + "00000000"
        + "0700000000000000" + "0300000000000000" + "0500000000000000" + "0A00000000000000"
        + "0200000000000000"
        + "21000000" + "2A000000" + "0100000000000000" + "0200" + "0300" + "3432" + "747263" + "0102030405060708"
        + "23000000" + "FFFFFFFF" + "FFFFFFFFFFFFFFFF" + "0300" + "0000" + "E8AA9E" + "000102030405060708090A0B";

    // The same, but both with a key: "k" and "語".
    private const string KeyedSnapshot =
        "52584232" + "8C000000" + "CHECKSUM" + "4000" + "0200" + "02000000" + "00000000"
        + "0700000000000000" + "0300000000000000" + "0500000000000000" + "0A00000000000000"
        + "0200000000000000"
        + "24000000" + "2A000000" + "0100000000000000" + "0200" + "0380" + "3432" + "747263" + "0100" + "6B" + "0102030405060708"
        + "28000000" + "FFFFFFFF" + "FFFFFFFFFFFFFFFF" + "0300" + "0080" + "E8AA9E" + "0300" + "E8AA9E" + "000102030405060708090A0B";

    [Fact]
    public void Seal_KnownEvents_AreTheDocumentedBytes()
    {
        NewEvent[] events =
        [
            new(42, "42") { Timestamp = At(1), Trace = "trc"u8.ToArray(), Metadata = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 } },
            new(-1, "語") { Timestamp = At(-1), Metadata = new byte[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } },
        ];
        var batch = EventBatch.FromProducer(Batches.Append(events).Single());
        batch.Seal(new EventId(7), 3, 2, new EventId(5), At(10));
        var bytes = batch.Bytes.ToArray();
        Assert.Equal(Expected(Snapshot, bytes), Convert.ToHexString(bytes));
        Assert.True(EventBatch.TryReadSealed(bytes, out var read));
        Assert.Equal((2, 7, 8), (read.Count, read.BaseId.Value, read.LastId.Value));
        Assert.Equal((3, 2, 5, At(10)), (read.Epoch, read.PreviousEpoch, read.DurableId.Value, read.AppendedAt));
        Assert.True(read.IsSealed && !read.MoreFollows && !read.HasKeys && !read.IsPicked);
    }

    [Fact]
    public void Seal_KnownEventsWithKeys_AreTheDocumentedBytes()
    {
        (NewEvent, string?)[] events =
        [
            (new(42, "42") { Timestamp = At(1), Trace = "trc"u8.ToArray(), Metadata = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 } }, "k"),
            (new(-1, "語") { Timestamp = At(-1), Metadata = new byte[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } }, "語"),
        ];
        var batch = EventBatch.FromProducer(KeyedBatches.Append(events).Single());
        batch.Seal(new EventId(7), 3, 2, new EventId(5), At(10));
        var bytes = batch.Bytes.ToArray();
        Assert.Equal(Expected(KeyedSnapshot, bytes), Convert.ToHexString(bytes));
        Assert.True(EventBatch.TryReadSealed(bytes, out var read));
        Assert.True(read.HasKeys && EventBatch.PeekHasKeys(bytes));
        Assert.All(Batches.Decode([read]), (e, i) => Batches.AssertSame(events[i].Item1, e));
    }

    [Fact]
    public void Limits_AreTheDocumentedOnes()
    {
        Assert.Equal((64, 56, 4_194_304), (EventBatch.HeaderSize, EventBatch.MinHeaderSize, EventBatch.MaxSize));
        Assert.Equal((20, 1_024), (EventRecord.HeaderSize, NewEvent.MaxForeignIdBytes));
        Assert.Equal((1_024, 256), (NewEvent.MaxTraceBytes, EventLimits.MaxKeyBytes));
        Assert.Equal((1, 2, 2), (BatchForm.Plain, BatchForm.KeysAndPicked, BatchForm.Newest));
    }

    [Fact]
    public void TryReadSealed_AnyDamagedByte_IsRefused()
    {
        var batch = Batches.Seal(Batches.Append(3), baseId: 10).Single().Bytes.ToArray();
        Gen.Select(Gen.Int[0, batch.Length - 1], Gen.Int[1, 255]).Sample((position, change) =>
        {
            var damaged = batch.ToArray();
            damaged[position] ^= (byte)change;
            Assert.False(EventBatch.TryReadSealed(damaged, out _));
        });
    }

    /// <summary>The checksum doesn't cover the magic, and the formats differ in little.</summary>
    [Fact]
    public void TryReadSealed_OfFormat2ThatSaysFormat1_IsRefused()
    {
        var damaged = Batches.Seal(Batches.Append(3), baseId: 10).Single().Bytes.ToArray();
        damaged[3] = (byte)'1';

        Assert.False(EventBatch.TryReadSealed(damaged, out _));
    }

    [Theory]
    [InlineData(0, 4)] // magic
    [InlineData(4, 4)] // size
    [InlineData(8, 4)] // checksum
    [InlineData(12, 2)] // header size
    [InlineData(14, 2)] // flags
    [InlineData(16, 4)] // count
    [InlineData(20, 4)] // picked from
    [InlineData(24, 8)] // base id
    [InlineData(32, 8)] // epoch
    [InlineData(40, 8)] // durable id
    [InlineData(48, 8)] // appended at
    [InlineData(56, 8)] // previous epoch
    public void TryReadSealed_EveryHeaderFieldDamaged_IsRefused(int offset, int size)
    {
        var batch = Batches.Seal(Batches.Append(3), baseId: 10).Single().Bytes.ToArray();
        for (var bit = 0; bit < size * 8; bit++)
        {
            var damaged = batch.ToArray();
            damaged[offset + (bit / 8)] ^= (byte)(1 << (bit % 8));
            Assert.False(EventBatch.TryReadSealed(damaged, out _), $"bit {bit}");
        }
    }

    // The checksum is right here: whoever wrote it was wrong.
    [Theory]
    [InlineData(12, 2, 63)] // Header too small.
    [InlineData(12, 2, 4000)] // Header larger than the batch.
    [InlineData(16, 4, 0)] // No record.
    [InlineData(16, 4, -1)]
    [InlineData(16, 4, 1000)] // More records than fit.
    [InlineData(24, 8, 0)] // Not sealed.
    [InlineData(24, 8, -5)]
    [InlineData(24, 8, long.MaxValue)] // Its last id would overflow.
    [InlineData(40, 8, 10)] // Durable before it was written.
    public void TryReadSealed_ImpossibleHeaderWithItsChecksum_IsRefused(int offset, int size, long value)
    {
        var batch = Batches.Seal(Batches.Append(3), baseId: 10).Single().Bytes.ToArray();
        Write(batch, offset, size, value);
        BinaryPrimitives.WriteUInt32LittleEndian(batch.AsSpan(8), Crc32C.Compute(batch.AsSpan(12)));
        Assert.False(EventBatch.TryReadSealed(batch, out _));
    }

    [Fact]
    public void TryReadSealed_EveryCut_IsRefusedAndWhatFollowsIsIgnored()
    {
        var batch = Batches.Seal(Batches.Append(2)).Single().Bytes.ToArray();
        for (var length = 0; length < batch.Length; length++)
        {
            Assert.False(EventBatch.TryReadSealed(batch.AsMemory(0, length), out _));
        }

        Assert.True(EventBatch.TryReadSealed((byte[])[.. batch, 1, 2, 3], out var read));
        Assert.Equal(batch.Length, read.Bytes.Length);
    }

    [Fact]
    public void TryReadSealed_LargerHeaderOfALaterVersion_SkipsItsFields()
    {
        var batch = Batches.Append([new(5, "later")]).Single().ToArray();
        byte[] later = [.. batch[..64], 9, 9, 9, 9, 9, 9, 9, 9, .. batch[64..]];
        Write(later, 4, 4, later.Length);
        Write(later, 12, 2, 72);
        var read = Batches.Seal([later]).Single();
        Assert.True(EventBatch.TryReadSealed(read.Bytes, out read));
        Assert.Equal("later", Batches.Decode([read]).Single().ForeignId);
    }

    [Theory]
    [InlineData(0, 4, 0)] // magic
    [InlineData(4, 4, 63)] // size
    [InlineData(12, 2, 63)] // header size
    [InlineData(14, 2, 2)] // keys, of which there are none
    [InlineData(14, 2, 4)] // picked
    [InlineData(14, 2, 8)] // unknown flag
    [InlineData(16, 4, 0)] // count
    [InlineData(16, 4, 2)]
    [InlineData(16, 4, 4)]
    [InlineData(20, 4, 3)] // picked from
    [InlineData(24, 8, 1)] // base id: sealed already
    [InlineData(64, 4, 0)] // first record's size
    [InlineData(64, 4, -1)]
    [InlineData(64, 4, 1_000_000)]
    [InlineData(72, 8, long.MaxValue)] // timestamp beyond the calendar
    [InlineData(72, 8, long.MinValue)]
    [InlineData(80, 2, 1025)] // foreign id size
    [InlineData(80, 2, 60)]
    [InlineData(82, 2, 1025)] // trace size
    [InlineData(82, 2, 0x8000)] // a key, without the flag
    [InlineData(84, 1, 0xFF)] // foreign id that is no UTF-8
    public void FromProducer_BrokenField_IsRefused(int offset, int size, long value)
    {
        var batch = Batches.Append(3).Single().ToArray();
        EventBatch.FromProducer(batch.ToArray());
        Write(batch, offset, size, value);
        Assert.Throws<FormatException>(() => EventBatch.FromProducer(batch));
    }

    // One record of 20 bytes, "1", "k" after its size, "mm".
    [Theory]
    [InlineData(14, 2, 0)] // keys, of which there is one
    [InlineData(14, 2, 6)] // picked
    [InlineData(14, 2, 10)] // unknown flag
    [InlineData(82, 2, 0)] // no key, with the flag
    [InlineData(82, 2, 0xC000)] // trace size
    [InlineData(82, 2, 0x8401)]
    [InlineData(85, 2, 0)] // key size
    [InlineData(85, 2, 4)]
    [InlineData(85, 2, 257)]
    [InlineData(85, 2, 0xFFFF)]
    [InlineData(87, 1, 0xFF)] // key that is no UTF-8
    [InlineData(64, 4, 23)] // record's size, without room for the key
    [InlineData(64, 4, 27)]
    public void FromProducer_BrokenFieldOfABatchWithKeys_IsRefused(int offset, int size, long value)
    {
        var batch = KeyedBatches.Append([(new NewEvent(1, "1") { Metadata = "mm"u8.ToArray() }, "k")]).Single().ToArray();
        Assert.Equal(90, batch.Length);
        Assert.True(EventBatch.FromProducer(batch.ToArray()).HasKeys);
        Write(batch, offset, size, value);
        Assert.Throws<FormatException>(() => EventBatch.FromProducer(batch));
    }

    [Fact]
    public void FromProducer_OfABatchWithAndWithoutKeys_AllocatesNothing()
    {
        var plain = Batches.Append(3).Single();
        var keyed = KeyedBatches.Append([(new NewEvent(1, "1"), "k"), (new NewEvent(1, "2"), null)]).Single();
        Allocations.AssertNone(() =>
        {
            EventBatch.FromProducer(plain);
            EventBatch.FromProducer(keyed);
        });
    }

    [Fact]
    public void FromProducer_LongestKeyAndOneByteMore_IsTakenAndRefused()
    {
        var batch = KeyedBatches.Append([(new NewEvent(1, "") { Metadata = new byte[10] }, new string('k', 256))]).Single().ToArray();
        EventBatch.FromProducer(batch.ToArray());
        Write(batch, 84, 2, 257);
        Assert.Throws<FormatException>(() => EventBatch.FromProducer(batch));
    }

    [Fact]
    public void TryReadSealed_OfAPickedBatch_IsRefused()
    {
        var page = new List<ReadOnlyMemory<byte>>();
        var batch = Batches.Seal(Batches.Append(3)).Single();
        PickedBatch.AddTo(page, batch, record => EventRecord.ForeignId(record.Span).SequenceEqual("2"u8));
        Assert.False(EventBatch.TryReadSealed(page.Single(), out _));
        Assert.Throws<FormatException>(() => EventBatch.FromProducer(page.Single()));
    }

    [Fact]
    public void FromProducer_AnyDamage_IsRefusedOrDecodes()
    {
        AssertRefusedOrDecodes(Batches.Append([new(1, "abc") { Metadata = new byte[9] }, new(2, "ü")]).Single().ToArray());
        AssertRefusedOrDecodes(
            KeyedBatches.Append([(new(1, "abc") { Metadata = new byte[9] }, "key"), (new(2, "ü"), null)]).Single().ToArray());
    }

    [Fact]
    public void FromProducer_BytesAfterTheBatch_AreRefused()
    {
        var batch = Batches.Append(1).Single().ToArray();
        Assert.Throws<FormatException>(() => EventBatch.FromProducer((byte[])[.. batch, 0]));
        Assert.Throws<FormatException>(() => EventBatch.FromProducer(batch.AsMemory(0, batch.Length - 1)));
        Assert.Throws<FormatException>(() => EventBatch.FromProducer(default));
    }

    [Fact]
    public void TryReadSealed_OfFormat1_IsReadWithoutThePreviousEpoch()
    {
        // As version 1 has sealed the event of "42": its header is 56 bytes, and nothing tells the epoch before.
        var newer = Batches.Seal(Batches.Append([new(1, "42")]), baseId: 5).Single().Bytes.ToArray();
        byte[] former = [.. "RXB1"u8, .. newer[4..56], .. newer[64..]];
        Write(former, 4, 4, former.Length);
        Write(former, 12, 2, 56);
        BinaryPrimitives.WriteUInt32LittleEndian(former.AsSpan(8), Crc32C.Compute(former.AsSpan(12)));
        Assert.True(EventBatch.TryReadSealed(former, out var read));
        Assert.Equal((1, 5, 1), (read.Count, read.BaseId.Value, read.Epoch));
        Assert.Null(read.PreviousEpoch);
        Assert.Equal("42", Batches.Decode([read]).Single().ForeignId);

        Write(former, 24, 8, 0);
        Assert.Contains(
            "format 1, which this version only reads", Assert.Throws<FormatException>(() => EventBatch.FromProducer(former)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_Twice_IsRefused()
    {
        var batch = Batches.Seal(Batches.Append(1)).Single();
        Assert.Throws<InvalidOperationException>(() => batch.Seal(new EventId(2), 1, 1, EventId.None, DateTimeOffset.UnixEpoch));
    }

    private static void AssertRefusedOrDecodes(byte[] batch)
    {
        Gen.Select(Gen.Int[0, batch.Length - 1], Gen.Byte).List[1, 3].Sample(damages =>
        {
            var damaged = batch.ToArray();
            foreach (var (position, value) in damages)
            {
                damaged[position] = value;
            }

            EventBatch taken;
            try
            {
                taken = EventBatch.FromProducer(damaged);
            }
            catch (FormatException)
            {
                return;
            }

            taken.Seal(new EventId(1), 1, 0, EventId.None, DateTimeOffset.UnixEpoch);
            Assert.All(Batches.Decode([taken]), e => Assert.NotNull($"{e} {e.Timestamp} {e.Trace.Length} {e.Metadata.Length}"));
        });
    }

    private static DateTimeOffset At(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private static string Expected(string snapshot, byte[] bytes) => snapshot.Replace(
        "CHECKSUM",
        BinaryPrimitives.ReverseEndianness(Crc32C.Compute(bytes.AsSpan(12))).ToString("X8", CultureInfo.InvariantCulture),
        StringComparison.Ordinal);

    private static void Write(byte[] batch, int offset, int size, long value)
    {
        for (var i = 0; i < size; i++)
        {
            batch[offset + i] = (byte)(value >> (8 * i));
        }
    }

    [Theory]
    [InlineData(0, 1, 0, 0)]
    [InlineData(long.MaxValue - 1, 1, 0, 0)]
    [InlineData(5, 0, 0, 4)]
    [InlineData(5, 1, -1, 4)]
    [InlineData(5, 1, 1, 5)]
    public void Seal_WithWhatNoLogHas_IsRefusedAndLeavesTheBatch(long baseId, long epoch, long previousEpoch, long durableId)
    {
        var batch = EventBatch.FromProducer(Batches.Append()[0]);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => batch.Seal(new EventId(baseId), epoch, previousEpoch, new EventId(durableId), DateTimeOffset.UnixEpoch));
        Assert.False(batch.IsSealed);
        batch.Seal(new EventId(5), 1, 1, new EventId(4), DateTimeOffset.UnixEpoch);
        Assert.True(EventBatch.TryReadSealed(batch.Bytes, out _));
    }
}
