using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Streams;

public sealed class EventFilterTests
{
    private static readonly string Long = new('ü', 400);

    [Fact]
    public void Wants_TypesAndForeignIds_TakesWhatIsOfBoth()
    {
        var filter = EventFilter.Of(new StreamOptions { Types = [1, -2], ForeignIds = ["42", "日本", Long, ""] })!;

        Assert.True(filter.Wants(Make(1, "42")));
        Assert.True(filter.Wants(Make(-2, "日本")));
        Assert.True(filter.Wants(Make(1, Long)));
        Assert.True(filter.Wants(Make(1, "")));
        Assert.False(filter.Wants(Make(2, "42")));
        Assert.False(filter.Wants(Make(1, "43")));
        Assert.False(filter.Wants(Make(1, Long[1..])));
    }

    [Fact]
    public void Of_OptionsThatLeaveNothingOut_IsNone() => Assert.Null(EventFilter.Of(new StreamOptions { ToHead = true }));

    [Fact]
    public void PickTo_PartOfABatch_HasTheEventsUnderTheirIds()
    {
        var batch = Batches.Seal(Batches.Append(Enumerable.Range(0, 10).Select(i => new NewEvent(i % 3, $"{i}"))), baseId: 5).Single();
        var blocks = new List<ReadOnlyMemory<byte>>();

        batch.PickTo(blocks, EventFilter.Of([1], null)!);

        var page = new LogPage(blocks, new EventId(1), new EventId(14));
        Assert.Equal([("1", 6), ("4", 9), ("7", 12)], page.Events(EventId.None, 0).Select(e => (e.ForeignId, e.Id.Value)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Options_NoneOrTooMany_AreRefused(int count)
    {
        var types = Assert.Throws<ArgumentException>(() => new StreamOptions { Types = [.. Enumerable.Repeat<EventType>(1, count)] });
        Assert.StartsWith(
            $"A reader names {count} types that it wants: expected 1 to 1000, or none for all.", types.Message, StringComparison.Ordinal);
        var ids = Assert.Throws<ArgumentException>(() => new StreamOptions { ForeignIds = [.. Enumerable.Repeat("a", count)] });
        Assert.StartsWith(
            $"A reader names {count} foreign ids that it wants: expected", ids.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_ForeignIdThatNoEventCanHave_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new StreamOptions { ForeignIds = [new string('a', 1025)] });
        Assert.Throws<ArgumentException>(() => new StreamOptions { ForeignIds = ["\ud800"] });
        Assert.Throws<ArgumentException>(() => new StreamOptions { ForeignIds = [null!] });
    }

    private static Event Make(int type, string foreignId) => Event.Create(new EventId(1), new NewEvent(type, foreignId));
}
