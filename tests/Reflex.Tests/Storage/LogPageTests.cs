using CsCheck;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Tests.Shared;
using Reflex.Tests.Support;

namespace Reflex.Tests.Storage;

public sealed class LogPageTests
{
    [Fact]
    public void Events_AnyPageAndPosition_AreThoseAfterIt()
    {
        Gen.Select(Gen.Int[1, 5].List[1, 8], Gen.Int[0, 45], Gen.Bool).Sample((counts, after, isOneBlock) =>
        {
            var batches = new List<EventBatch>();
            foreach (var count in counts)
            {
                batches.AddRange(Batches.Seal(Batches.Append(count), batches.Count == 0 ? 3 : batches[^1].LastId.Value + 1));
            }

            var page = isOneBlock
                ? new LogPage([batches.SelectMany(batch => batch.Bytes.ToArray()).ToArray()], batches[0].BaseId, batches[^1].LastId)
                : Batches.Page(batches);
            var last = 2 + counts.Sum();
            Assert.Equal(last, page.Last?.Id.Value);
            Assert.Equal(counts, page.Batches().Select(batch => batch.Count));
            var ids = page.Events(new EventId(after), 6, "1.2.3.4.5.6.7").ToList();
            Assert.Equal(Enumerable.Range(1, last).Where(id => id > after && id >= 3), ids.Select(e => (int)e.Id.Value));
            Assert.All(ids, e => Assert.Equal($"1.2.3.4.5.6.{e.Id}@1", e.Cursor.ToString()));
        });
    }

    [Fact]
    public void Last_EmptyPage_IsNone()
    {
        var page = new LogPage([], new EventId(1), EventId.None);
        Assert.True(page.IsEmpty);
        Assert.Null(page.Last);
        Assert.Empty(page.Events(EventId.None, 0));
    }

    [Fact]
    public void Events_MalformedPage_IsCorruptedNotMisread()
    {
        var batch = Batches.Seal(Batches.Append(2)).Single().Bytes.ToArray();
        AssertCorrupted(batch[..^1]);
        AssertCorrupted([.. batch, 1]);
        AssertCorrupted(new byte[100]);
        batch[EventBatch.HeaderSize] = 5;
        AssertCorrupted(batch);
    }

    [Fact]
    public void Events_UnknownFlag_IsCorruptedNotMisread()
    {
        var batch = Batches.Seal(Batches.Append(2)).Single().Bytes.ToArray();
        for (var bit = 3; bit < 16; bit++)
        {
            var flagged = batch.ToArray();
            flagged[14 + (bit / 8)] |= (byte)(1 << (bit % 8));
            AssertCorrupted(flagged);
        }
    }

    [Fact]
    public void WithoutKeys_AnyPage_HasTheSameEventsAsIfNoneEverHadAKey() =>
        Gen.Select(Gen.Select(Batches.GenNewEvent, Batches.GenKey).List[1, 4].List[1, 4], Gen.Bool).Sample((appends, isOneBlock) =>
        {
            var (keyed, plain) = (new List<EventBatch>(), new List<EventBatch>());
            foreach (var append in appends)
            {
                var next = keyed.Count == 0 ? 1 : keyed[^1].LastId.Value + 1;
                keyed.AddRange(Batches.Seal(KeyedBatches.Append(append), next));
                plain.AddRange(Batches.Seal(Batches.Append(append.ConvertAll(one => one.Item1)), next));
            }

            var page = isOneBlock
                ? new LogPage([keyed.SelectMany(batch => batch.Bytes.ToArray()).ToArray()], new EventId(1), keyed[^1].LastId)
                : Batches.Page(keyed);
            var hasKeys = appends.Exists(append => append.Exists(one => one.Item2 is not null));

            var without = page.WithoutKeys();

            Assert.Equal(!hasKeys, ReferenceEquals(page, without));
            Assert.Equal(
                plain.Select(batch => Convert.ToHexString(batch.Bytes.Span)),
                without.Batches().Select(batch => Convert.ToHexString(batch.Bytes.Span)));
            Assert.All(without.Batches(), batch => Assert.True(EventBatch.TryReadSealed(batch.Bytes, out _)));
            Assert.Equal((page.Oldest, page.Head, page.Last), (without.Oldest, without.Head, without.Last));
        });

    [Fact]
    public void Page_OfNoEventsThatSaysHowFarItWasRead_IsNotEmpty()
    {
        var page = new LogPage([], new EventId(1), new EventId(9)) { ReadTo = new CursorPlace(new EventId(7), 3) };
        Assert.False(page.IsEmpty);
        Assert.Equal(new CursorPlace(new EventId(7), 3), page.Last);
        Assert.Null(page.EpochOf(new EventId(3)));
        Assert.Empty(page.Events(EventId.None, 0));
    }

    [Fact]
    public void EpochOf_EventBeforeOnesThatWerePassedOver_IsNotKnown()
    {
        var page = Batches.Page(Batches.Seal(Batches.Append(2), baseId: 5));
        Assert.Equal([1, 1, null], new[] { 5L, 4, 3 }.Select(id => page.EpochOf(new EventId(id))));
    }

    private static void AssertCorrupted(byte[] block) => Assert.Throws<LogCorruptedException>(
        () => new LogPage([block], new EventId(1), new EventId(2)).Events(EventId.None, 0).ToList());
}
