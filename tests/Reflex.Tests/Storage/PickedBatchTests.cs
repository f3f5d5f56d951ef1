using System.Buffers.Binary;
using CsCheck;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Tests.Shared;
using Reflex.Tests.Support;

namespace Reflex.Tests.Storage;

public sealed class PickedBatchTests
{
    // BATCH.md by hand: the second of three events, sealed as 7 to 9 by the owner with epoch 3, after 2's, while 5 was durable.
    private const string Snapshot =
        "52584232" + "59000000" + "CHECKSUM" + "4000" + "0400" + "01000000" + "03000000"
        + "0700000000000000" + "0300000000000000" + "0500000000000000" + "0A00000000000000"
        + "0200000000000000"
        + "01000000" + "15000000" + "02000000" + "0100000000000000" + "0100" + "0000" + "62";

    [Fact]
    public void AddTo_KnownEvents_AreTheDocumentedBytes()
    {
        var batch = EventBatch.FromProducer(Batches.Append(
            [new(1, "a") { Timestamp = At(1) }, new(2, "b") { Timestamp = At(1) }, new(3, "c") { Timestamp = At(1) }]).Single());
        batch.Seal(new EventId(7), 3, 2, new EventId(5), At(10));

        var picked = Pick(batch, record => EventRecord.Type(record.Span).Value == 2).Single().ToArray();

        Assert.Equal(
            Snapshot.Replace("CHECKSUM", Convert.ToHexString(picked.AsSpan(8, 4)), StringComparison.Ordinal), Convert.ToHexString(picked));
        Assert.Equal(Crc32C.Compute(picked.AsSpan(12)), BinaryPrimitives.ReadUInt32LittleEndian(picked.AsSpan(8)));
        var read = Read([picked]).Single();
        Assert.True(read.IsPicked);
        Assert.Equal((1, 7, 9), (read.Count, read.BaseId.Value, read.LastId.Value));
        Assert.Equal((3, 2, 5, At(10)), (read.Epoch, read.PreviousEpoch, read.DurableId.Value, read.AppendedAt));
    }

    [Fact]
    public void AddTo_AnyEventsOfAnyBatches_IsAPageOfThem() => Gen.Select(
        Gen.Select(Batches.GenNewEvent, Batches.GenKey, Gen.Bool).List[1, 6].List[1, 5], Gen.Bool, Gen.Int[0, 30])
        .Sample((appends, isOfFormat1, after) =>
        {
            var blocks = new List<ReadOnlyMemory<byte>>();
            var expected = new List<(long Id, NewEvent Event)>();
            var head = 0L;
            foreach (var append in appends)
            {
                var events = append.Select(one => (one.Item1, isOfFormat1 ? null : one.Item2));
                var batch = Batches.Seal(KeyedBatches.Append(events), head + 1).Single();
                var place = 0;
                PickedBatch.AddTo(blocks, isOfFormat1 ? Batches.ToFormat1(batch) : batch, _ => append[place++].Item3);
                foreach (var (e, _, isWanted) in append)
                {
                    head++;
                    if (isWanted && head > after)
                    {
                        expected.Add((head, e));
                    }
                }
            }

            var page = new LogPage(blocks, new EventId(1), new EventId(head)) { ReadTo = new CursorPlace(new EventId(head), 1) };
            var found = page.Events(new EventId(after), 2, "1.2.3").ToList();
            Assert.Equal(expected.Select(one => one.Id), found.Select(e => e.Id.Value));
            Assert.All(found, (e, i) =>
            {
                Batches.AssertSame(expected[i].Event, e);
                Assert.Equal((1, $"1.2.{e.Id}@1"), (e.Epoch, e.Cursor.ToString()));
            });
            Assert.Equal(head, page.Last?.Id.Value);
            Assert.All(page.Batches(), batch => Assert.Equal(
                Crc32C.Compute(batch.Bytes.Span[12..]), BinaryPrimitives.ReadUInt32LittleEndian(batch.Bytes.Span[8..])));
        });

    [Fact]
    public void AddTo_AllEventsAndNone_IsTheBatchItselfAndNothing()
    {
        var batch = Batches.Seal(Batches.Append(3)).Single();
        Assert.Equal(batch.Bytes, Pick(batch, _ => true).Single());
        Assert.Empty(Pick(batch, _ => false));
    }

    [Fact]
    public void AddTo_EventsWithKeysLeftOut_HasNoKeys()
    {
        var batch = Batches.Seal(KeyedBatches.Append([(new NewEvent(1, "a"), "k"), (new NewEvent(1, "b"), null)])).Single();
        Assert.False(Read(Pick(batch, record => !EventRecord.IsKeyed(record.Span))).Single().HasKeys);
        Assert.True(Read(Pick(batch, record => EventRecord.IsKeyed(record.Span))).Single().HasKeys);
    }

    /// <summary>The offsets may take more than what was left out did.</summary>
    [Fact]
    public void AddTo_MoreThanFitsIntoOneBatch_BecomesTwo()
    {
        const int count = (EventBatch.MaxSize - EventBatch.HeaderSize) / EventRecord.HeaderSize;
        var record = new byte[EventRecord.HeaderSize];
        EventRecord.Write(record, new NewEvent(1, ""), DateTimeOffset.UnixEpoch, default);
        var bytes = new byte[EventBatch.HeaderSize + (count * record.Length)];
        for (var i = 0; i < count; i++)
        {
            record.CopyTo(bytes, EventBatch.HeaderSize + (i * record.Length));
        }

        EventBatch.WriteProducerHeader(bytes, count, moreFollows: false, hasKeys: false);
        var batch = EventBatch.FromProducer(bytes);
        batch.Seal(new EventId(5), 1, 1, new EventId(4), At(0));
        var place = 0;

        var page = Pick(batch, _ => place++ != 1);

        Assert.Equal(2, page.Count);
        Assert.All(page, picked => Assert.InRange(picked.Length, 1, EventBatch.MaxSize));
        var ids = new LogPage(page, new EventId(1), batch.LastId).Events(EventId.None, 0).Select(e => e.Id.Value).ToList();
        Assert.Equal(Enumerable.Range(5, count).Where(id => id != 6).Select(id => (long)id), ids);
    }

    [Theory]
    [InlineData(64, 3)] // After the batch's last event.
    [InlineData(64, -1)]
    [InlineData(89, 0)] // Not after the one before.
    [InlineData(89, 1)]
    [InlineData(20, 1)] // Picked from less than it has.
    [InlineData(20, -1)]
    [InlineData(16, 3)] // More than it has.
    public void Events_OfAMalformedPickedBatch_AreDamageNotMisread(int offset, int value)
    {
        var batch = Batches.Seal(Batches.Append([new(1, "a"), new(2, "b"), new(3, "c")])).Single();
        var picked = Pick(batch, record => EventRecord.Type(record.Span).Value > 1).Single().ToArray();
        Assert.Equal([2, 3], new LogPage([picked], new EventId(1), new EventId(3)).Events(EventId.None, 0).Select(e => e.Id.Value));
        BinaryPrimitives.WriteInt32LittleEndian(picked.AsSpan(offset), value);
        var page = new LogPage([picked], new EventId(1), new EventId(3));
        Assert.Throws<LogCorruptedException>(() => page.Events(EventId.None, 0).ToList());
    }

    private static List<ReadOnlyMemory<byte>> Pick(EventBatch batch, Func<ReadOnlyMemory<byte>, bool> isWanted)
    {
        var page = new List<ReadOnlyMemory<byte>>();
        PickedBatch.AddTo(page, batch, isWanted);
        return page;
    }

    private static IEnumerable<EventBatch> Read(IReadOnlyList<ReadOnlyMemory<byte>> page) =>
        new LogPage(page, new EventId(1), new EventId(9)).Batches();

    private static DateTimeOffset At(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);
}
