using CsCheck;
using Reflex.Events;
using Reflex.Storage;
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

    private static void AssertCorrupted(byte[] block) => Assert.Throws<LogCorruptedException>(
        () => new LogPage([block], new EventId(1), new EventId(2)).Events(EventId.None, 0).ToList());
}
