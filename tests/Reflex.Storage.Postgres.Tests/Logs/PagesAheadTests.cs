using Microsoft.Extensions.Time.Testing;
using Reflex.Events;
using Reflex.Storage.Postgres.Logs;

namespace Reflex.Storage.Postgres.Tests.Logs;

public sealed class PagesAheadTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void TryFind_OfAnExpectedReader_FindsItsPage()
    {
        var pages = new PagesAhead(2, _clock);
        var page = Page(2);
        pages.Add(Start(1), page);
        pages.Add(Start(5), page: null);

        Assert.False(pages.TryFind(Start(1) with { MaxBytes = 2 }, out _));
        Assert.True(pages.TryFind(Start(1), out var found));
        Assert.Same(page, found);
        Assert.True(pages.TryFind(Start(5), out found));
        Assert.Null(found);
    }

    [Fact]
    public void TryFind_LongAfterItWasRead_FindsNoPage()
    {
        var pages = new PagesAhead(2, _clock);
        pages.Add(Start(1), Page(2));
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.True(pages.TryFind(Start(1), out var found));
        Assert.Null(found);
    }

    [Fact]
    public void Add_OfMoreThanThereIsPlaceFor_LetsTheOldestGo()
    {
        var pages = new PagesAhead(2, _clock);
        pages.Add(Start(1), Page(2));
        pages.Add(Start(2), Page(3));
        var again = Page(2);
        pages.Add(Start(1), again);
        pages.Add(Start(3), Page(4));

        Assert.False(pages.TryFind(Start(2), out _));
        Assert.True(pages.TryFind(Start(1), out var found));
        Assert.Same(again, found);
        Assert.True(pages.TryFind(Start(3), out _));
    }

    private static PageStart Start(long after) => new(7, new EventId(after), 1);

    private static Task<StoredPage?> Page(long last) => Task.FromResult<StoredPage?>(new StoredPage(new byte[1], new EventId(last)));
}
