using Reflex.Events;
using Reflex.Storage.Postgres.Logs;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

/// <summary>A log with five events, of which a page has one.</summary>
public sealed class LogPagesTests(PostgresServer server) : IAsyncLifetime
{
    private const int PageBytes = 1000;
    private const int MetadataBytes = 600;

    private TestDatabase _database = null!;
    private PostgresLogProvider _provider = null!;
    private LogPages _pages = null!;
    private IEventLog _log = null!;
    private long _key;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_ByAReaderWhoGoesOn_HasReadItsNextPageAlready()
    {
        Assert.Equal(1, await ReadAsync(0));
        Assert.Equal(2, await ReadAsync(1));

        await EndReadAheadAsync();
        await _database.ExecuteAsync("delete from reflex.batches where last = 3");
        Assert.Equal(3, await ReadAsync(2));
    }

    [Fact]
    public async Task Read_ByAnotherReaderAtItsHeels_FindsTheSamePages()
    {
        Assert.Equal(1, await ReadAsync(0));
        Assert.Equal(2, await ReadAsync(1));
        await EndReadAheadAsync();
        Assert.Equal(1, await ReadAsync(0));
        Assert.Equal(2, await ReadAsync(1));

        await EndReadAheadAsync();
        await _database.ExecuteAsync("delete from reflex.batches where last = 3");
        Assert.Equal(3, await ReadAsync(2));
        Assert.Equal(3, await ReadAsync(2));
    }

    [Fact]
    public async Task Read_ByAReaderWhoDoesNotGoOn_ReadsNothingAhead()
    {
        Assert.Equal(2, await ReadAsync(1));
        Assert.Equal(2, await ReadAsync(1));

        await EndReadAheadAsync();
        await _database.ExecuteAsync("delete from reflex.batches where last = 3");
        await Assert.ThrowsAsync<LogCorruptedException>(() => ReadAsync(2));
    }

    [Fact]
    public async Task Read_OfWhatCouldNotBeReadAhead_IsReadWhenItIsAskedFor()
    {
        Assert.Equal(1, await ReadAsync(0));
        await _database.ExecuteAsync("update reflex.batches set last = -3 where last = 3");
        Assert.Equal(2, await ReadAsync(1));

        await EndReadAheadAsync();
        await _database.ExecuteAsync("update reflex.batches set last = 3 where last = -3");
        Assert.Equal(3, await ReadAsync(2));
    }

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server);
        _provider = _database.Logs(_database.One);
        _pages = new LogPages(_database.One, new LogStatements("reflex"), maxReads: 1);
        _log = await _provider.OpenAsync(Owners.Partition(0), Token);
        for (var i = 1; i <= 5; i++)
        {
            await _log.AppendAsync("x", MetadataBytes);
        }

        _key = (long)(await _database.ExecuteAsync("select id from reflex.partitions"))!;
    }

    public async ValueTask DisposeAsync()
    {
        _pages.Dispose();
        _provider.Dispose();
        await _database.DisposeAsync();
    }

    /// <summary>Reads the page after an event, and answers its last one.</summary>
    private async Task<long> ReadAsync(long after)
    {
        var page = await _pages.ReadAsync(Owners.Partition(0), _key, () => _log.Bounds, new EventId(after), PageBytes, Token);
        return new LogPage([page], _log.Bounds.Oldest, _log.Bounds.Head).Last!.Value.Id.Value;
    }

    /// <summary>There is but one turn: when it is free again, whatever was read ahead is there.</summary>
    private Task EndReadAheadAsync() => _pages.InTurnAsync(() => Task.FromResult(true), Token);
}
