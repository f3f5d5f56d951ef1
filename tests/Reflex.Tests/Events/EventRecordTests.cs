using System.Text;
using CsCheck;
using Reflex.Events;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Events;

public sealed class EventRecordTests
{
    [Fact]
    public void Write_AnyEventAndKey_ReadsBackPartForPart() => Gen.Select(Batches.GenNewEvent, Batches.GenKey).Sample((e, key) =>
    {
        var record = Write(e, key);

        Assert.Equal(key is null ? record.Length : 0, EventRecord.Validate(record));
        Assert.Equal(record.Length, EventRecord.ValidateKeyed([.. record, 1, 2, 3], out var isKeyed));
        Assert.Equal((key is not null, key is not null), (isKeyed, EventRecord.IsKeyed(record)));
        AssertParts(e, key, record);
    });

    [Fact]
    public void WriteWithoutKey_AnyEventAndKey_IsTheRecordThatNeverHadOne() =>
        Gen.Select(Batches.GenNewEvent, Batches.GenKey).Sample((e, key) =>
        {
            var record = Write(e, key);
            var written = new byte[record.Length];

            var size = EventRecord.WriteWithoutKey(written, record);

            Assert.Equal(Convert.ToHexString(Write(e, null)), Convert.ToHexString(written.AsSpan(0, size)));
        });

    [Fact]
    public void ValidateKeyed_AnyDamage_IsRefusedOrReads() => Gen.Select(
        Batches.GenNewEvent, Batches.GenKey, Gen.Select(Gen.Int[0, 1000], Gen.Byte).List[1, 3]).Sample((e, key, damages) =>
    {
        var record = Write(e, key);
        foreach (var (position, value) in damages)
        {
            record[position % record.Length] = value;
        }

        var size = EventRecord.ValidateKeyed(record, out var isKeyed);
        if (size == 0)
        {
            return;
        }

        record = record[..size];
        Assert.Equal(isKeyed, !EventRecord.Key(record).IsEmpty);
        Assert.InRange(EventRecord.Key(record).Length, 0, EventLimits.MaxKeyBytes);
        var parts = EventRecord.HeaderSize + EventRecord.ForeignId(record).Length + EventRecord.Trace(record).Length
            + (isKeyed ? 2 + EventRecord.Key(record).Length : 0) + EventRecord.Metadata(record).Length;
        Assert.Equal(size, parts);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public void Write_KeyOfTheShortestAndTheLongestSize_ReadsBack(int bytes)
    {
        var e = new NewEvent(7, "42") { Timestamp = DateTimeOffset.UnixEpoch, Metadata = new byte[] { 1, 2, 3 } };
        var key = new string('k', bytes);
        AssertParts(e, key, Write(e, key));
    }

    [Fact]
    public void Measure_KeyThatIsNone_IsRefused()
    {
        AssertRefused("", "key has 0 bytes of UTF-8; it must have 1 to 256");
        AssertRefused(new string('語', 86), "key has 258 bytes of UTF-8; it must have 1 to 256");
        AssertRefused("a\ud83d", "key is not text: its character 2 is U+D83D, half");
    }

    private static void AssertRefused(string key, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ArgumentException>(() => EventRecord.Measure(new NewEvent(1, "1"), key)).Message,
        StringComparison.Ordinal);

    private static byte[] Write(NewEvent e, string? key)
    {
        var record = new byte[EventRecord.Measure(e, key)];
        Assert.Equal(record.Length, EventRecord.Write(record, e, e.Timestamp!.Value, e.Trace.Span, key));
        return record;
    }

    private static void AssertParts(NewEvent e, string? key, byte[] record)
    {
        Assert.Equal(record.Length, EventRecord.Size(record));
        Assert.Equal((e.Type, e.Timestamp), (EventRecord.Type(record), EventRecord.Timestamp(record)));
        Assert.Equal(e.ForeignId, Encoding.UTF8.GetString(EventRecord.ForeignId(record)));
        Assert.Equal(e.Trace.Span, EventRecord.Trace(record).Span);
        Assert.Equal(key ?? "", Encoding.UTF8.GetString(EventRecord.Key(record)));
        Assert.Equal(e.Metadata.Span, EventRecord.Metadata(record).Span);
    }
}
