using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Pages;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Pages;

public sealed class StoredPageSourceTests
{
    private const int PageBytes = 1000;
    private const int Events = 2000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reader_FarFromTheHead_CostsTheOwnerNextToNothing()
    {
        await using var stream = await FilledAsync();
        Assert.Equal(Enumerable.Range(1, Events), (await TestStream.ReadToHeadAsync(Stored(stream))).Select(e => (int)e.Id.Value));
        Assert.InRange(stream.Sources[0].Given, 1, 3 * PageDistance.NearPages);
        Assert.Equal(0, stream.Partitions[0].Provider.OpenReaders);
    }

    [Fact]
    public async Task Storage_ThatFails_LeavesAllToTheOwner()
    {
        await using var stream = await FilledAsync();
        stream.Partitions[0].Provider.ReaderFault = new LogFailedException(TestPartition.Id, "nobody knows why.");
        Assert.Equal(Events, (await TestStream.ReadToHeadAsync(Stored(stream))).Count);
        Assert.Equal(0, stream.Partitions[0].Provider.OpenReaders);
    }

    [Fact]
    public async Task Reader_ThatLeavesHalfWay_KeepsNothing()
    {
        await using var stream = await FilledAsync();
        await using (var events = Stored(stream)("", StreamOptions.Default, Token).GetAsyncEnumerator(Token))
        {
            for (var i = 0; i < Events / 2; i++)
            {
                Assert.True(await events.MoveNextAsync());
            }

            Assert.Equal(1, stream.Partitions[0].Provider.OpenReaders);
        }

        Assert.Equal(0, stream.Partitions[0].Provider.OpenReaders);
    }

    [Fact]
    public async Task Read_FromAnotherPlaceOrLife_IsTheOwners()
    {
        await using var stream = await FilledAsync();
        var source = Source(stream);
        var page = await source.ReadAsync(null, TimeSpan.Zero, Token);
        Assert.Equal(1, stream.Partitions[0].Provider.OpenReaders);
        await Assert.ThrowsAsync<CursorOfAnotherLifeException>(
            () => source.ReadAsync(page.Last.GetValueOrDefault() with { Epoch = 4711 }, TimeSpan.Zero, Token));
        await Assert.ThrowsAsync<CursorAheadException>(() => source.ReadAsync(new EventId(Events + 1), TimeSpan.Zero, Token));
        Assert.Equal(0, stream.Partitions[0].Provider.OpenReaders);
    }

    private static StoredPageSource Source(TestStream stream) => new(stream.Sources[0], stream.Partitions[0].Provider, PageBytes);

    private static StreamFunc Stored(TestStream stream) => new PartitionStream(Source(stream), stream.Clock).StreamAsync;

    private static async Task<TestStream> FilledAsync()
    {
        var stream = await TestStream.OpenAsync(1, PageBytes);
        for (var i = 0; i < Events; i += 2)
        {
            await stream.Partitions[0].AppendAsync(2);
        }

        return stream;
    }
}
