using Reflex.Cursors;

namespace Reflex.Tests.Cursors;

public sealed class MemoryCursorStoreTests
{
    [Fact]
    public async Task GetAsync_AfterSets_AnswersEachConsumersLast()
    {
        var token = TestContext.Current.CancellationToken;
        var store = new MemoryCursorStore();
        await store.SetAsync("a", "5", token);
        await store.SetAsync("a", "3", token);
        await store.SetAsync("b", "1.2", token);
        await store.FlushAsync(token);
        Assert.Equal("3", await store.GetAsync("a", token));
        Assert.Equal("1.2", await store.GetAsync("b", token));
        Assert.Equal(Cursor.Empty, await store.GetAsync("c", token));
    }
}
