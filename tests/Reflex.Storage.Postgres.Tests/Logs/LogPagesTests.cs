using Reflex.Events;
using Reflex.Storage.Postgres.Logs;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

public sealed class LogPagesTests(PostgresServer server)
{
    private const int PageBytes = 1000;
    private const int MetadataBytes = 600;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_ByAReaderWhoGoesOn_HasReadItsNextPageAlready()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        using var pages = new LogPages(database.One, new LogStatements("reflex"), maxReads: 1);
        var readAsync = await FillAsync(database, provider, pages);
        Assert.Equal(1, await readAsync(0));
        Assert.Equal(2, await readAsync(1));

        await EndReadAheadAsync(pages);
        await database.ExecuteAsync("delete from reflex.batches where last = 3");
        Assert.Equal(3, await readAsync(2));
    }

    [Fact]
    public async Task Read_ByAnotherReaderAtItsHeels_FindsTheSamePages()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        using var pages = new LogPages(database.One, new LogStatements("reflex"), maxReads: 1);
        var readAsync = await FillAsync(database, provider, pages);
        Assert.Equal(1, await readAsync(0));
        Assert.Equal(2, await readAsync(1));
        await EndReadAheadAsync(pages);
        Assert.Equal(1, await readAsync(0));
        Assert.Equal(2, await readAsync(1));

        await EndReadAheadAsync(pages);
        await database.ExecuteAsync("delete from reflex.batches where last = 3");
        Assert.Equal(3, await readAsync(2));
        Assert.Equal(3, await readAsync(2));
    }

    [Fact]
    public async Task Read_ByAReaderWhoDoesNotGoOn_ReadsNothingAhead()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        using var pages = new LogPages(database.One, new LogStatements("reflex"), maxReads: 1);
        var readAsync = await FillAsync(database, provider, pages);
        Assert.Equal(2, await readAsync(1));
        Assert.Equal(2, await readAsync(1));

        await EndReadAheadAsync(pages);
        await database.ExecuteAsync("delete from reflex.batches where last = 3");
        await Assert.ThrowsAsync<LogCorruptedException>(() => readAsync(2));
    }

    [Fact]
    public async Task Read_OfWhatCouldNotBeReadAhead_IsReadWhenItIsAskedFor()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        using var pages = new LogPages(database.One, new LogStatements("reflex"), maxReads: 1);
        var readAsync = await FillAsync(database, provider, pages);
        Assert.Equal(1, await readAsync(0));
        await database.ExecuteAsync("update reflex.batches set last = -3 where last = 3");
        Assert.Equal(2, await readAsync(1));

        await EndReadAheadAsync(pages);
        await database.ExecuteAsync("update reflex.batches set last = 3 where last = -3");
        Assert.Equal(3, await readAsync(2));
    }

    /// <summary>Fills a log with events of a page each; answers what reads the page after an event, and says the page's last one.</summary>
    private static async Task<Func<long, Task<long>>> FillAsync(TestDatabase database, PostgresLogProvider provider, LogPages pages)
    {
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        for (var i = 1; i <= 5; i++)
        {
            await log.AppendAsync("x", MetadataBytes);
        }

        var key = (long)(await database.ExecuteAsync("select id from reflex.partitions"))!;
        return async after =>
        {
            var page = await pages.ReadAsync(Owners.Partition(0), key, () => log.Bounds, new EventId(after), PageBytes, Token);
            return new LogPage([page], log.Bounds.Oldest, log.Bounds.Head).Last!.Value.Id.Value;
        };
    }

    /// <summary>There is but one turn: when it is free again, whatever was read ahead is there.</summary>
    private static Task EndReadAheadAsync(LogPages pages) => pages.InTurnAsync(() => Task.FromResult(true), Token);
}
