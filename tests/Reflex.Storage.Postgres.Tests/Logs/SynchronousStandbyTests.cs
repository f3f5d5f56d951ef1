using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

/// <summary>A server of its own, which waits for a standby that isn't there.</summary>
public sealed class SynchronousStandbyTests(PostgresServer shared) : IAsyncLifetime
{
    private readonly PostgresServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_ThatNoStandbyTook_IsNeverAcknowledgedAndNobodyEndsIt()
    {
        await shared.CreateDatabaseAsync();
        await using var database = await TestDatabase.CreateAsync(_server);
        using var provider = database.Logs(database.One);
        using var other = database.Logs(database.Other);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        await database.ExecuteAsync("alter system set synchronous_standby_names = 'nobody'");
        await database.ExecuteAsync("select pg_reload_conf()");
        while (await database.ExecuteAsync("select current_setting('synchronous_standby_names')") is not "nobody")
        {
            Token.ThrowIfCancellationRequested();
        }

        var append = log.AppendAsync("x");
        object? waiting = null;
        while (waiting is null)
        {
            waiting = await database.ExecuteAsync(
                "select pid from pg_stat_activity where wait_event = 'SyncRep' and query like '%update%'");
        }

        // It holds its log's row meanwhile, and isn't frozen: ended, it would show what no standby has.
        for (var tries = 0; tries < 3; tries++)
        {
            var held = await Assert.ThrowsAsync<LogUnavailableException>(
                async () => await other.OpenAsync(Owners.Partition(0), Token));
            Assert.Contains($"the session of 'reflex' with pid {waiting}", held.Message, StringComparison.Ordinal);
        }

        Assert.False(append.IsCompleted);
        await database.ExecuteAsync($"select pg_cancel_backend({waiting})");
        var error = await Assert.ThrowsAsync<LogFailedException>(() => append);
        Assert.Contains("PostgreSQL warned of its outcome", error.Message, StringComparison.Ordinal);
        Assert.Same(error, log.Failure);

        await database.ExecuteAsync("alter system reset synchronous_standby_names");
        await database.ExecuteAsync("select pg_reload_conf()");
        var next = await ServerRestartTests.OpenAsync(other);
        Assert.Equal(["x"], await next.ReadAllAsync());
    }

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
