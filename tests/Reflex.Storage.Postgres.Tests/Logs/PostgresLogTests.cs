using System.Globalization;
using Npgsql;
using Reflex.Events;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

public sealed class PostgresLogTests(PostgresServer server)
{
    private const int Logs = 64;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_ToManyLogsAtOnce_TakesFewStatementsOnOneConnection()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var logs = await OpenAllAsync(provider);
        var opened = (long)(await database.ExecuteAsync("select count(distinct xmin::text) from reflex.partitions"))!;
        Assert.InRange(opened, 1, Logs - 1);
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(logs.Select(log => log.AppendAsync("x")));
        }

        Assert.Equal(Logs * 10L, await database.ExecuteAsync("select count(*) from reflex.batches"));
        var appended = (long)(await database.ExecuteAsync("select count(distinct xmin::text) from reflex.batches"))!;
        Assert.InRange(appended, 10, (Logs * 10) - 1);
        Assert.InRange(
            (long)(await database.ExecuteAsync(
                "select count(*) from pg_stat_activity where application_name = 'reflex' and datname = current_database()"))!,
            1,
            2);
    }

    [Fact]
    public async Task Append_OfAReplacedOwnerAmongOthers_IsFencedAlone()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var one = database.Logs(database.One);
        using var other = database.Logs(database.Other);
        var logs = await OpenAllAsync(one);
        var newer = await other.OpenAsync(Owners.Partition(7), Token);
        var appends = logs.Select(log => log.AppendAsync("old")).ToList();
        var error = await Assert.ThrowsAsync<LogFencedException>(() => appends[7]);
        Assert.Equal(newer.Epoch, error.FoundEpoch);
        appends.RemoveAt(7);
        await Task.WhenAll(appends);
        await newer.AppendAsync("new");
        Assert.Equal(["new"], await newer.ReadAllAsync());
    }

    /// <summary>Two owners in one silo, which Orleans doesn't make: safety doesn't rest on that.</summary>
    [Fact]
    public async Task Append_OfTwoOwnersInOneStatement_IsTheNewerOnesAlone()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var logs = await OpenAllAsync(provider);
        var newer = await provider.OpenAsync(Owners.Partition(7), Token);

        // What comes while the first statement is under way gathers for the next one.
        var before = logs.Where((_, number) => number != 7).Select(log => log.AppendAsync("x")).ToList();
        var fenced = logs[7].AppendAsync([new NewEvent(1, "old"), new NewEvent(1, "old")]);
        var appended = newer.AppendAsync("new");

        await Assert.ThrowsAsync<LogFencedException>(() => fenced);
        await appended;
        await Task.WhenAll(before);
        Assert.Equal(["new"], await newer.ReadAllAsync());
        Assert.Equal(1L, await database.ExecuteAsync("select count(*) from reflex.batches where partition = 7"));
    }

    [Fact]
    public async Task Append_ToALogWhoseRowIsHeld_FailsAloneAndWritesNothing()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var logs = await OpenAllAsync(provider);
        await using var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(Token);
        await using (var transaction = await holder.BeginTransactionAsync(Token))
        {
            await using var hold = new NpgsqlCommand("select from reflex.partitions where partition = 7 for update", holder);
            await hold.ExecuteNonQueryAsync(Token);
            var appends = logs.Select(log => log.AppendAsync("x")).ToList();
            var error = await Assert.ThrowsAsync<LogUnavailableException>(() => appends[7]);
            Assert.Contains("somebody else holds its row in PostgreSQL. Nothing was changed", error.Message, StringComparison.Ordinal);
            appends.RemoveAt(7);
            await Task.WhenAll(appends);
            await Assert.ThrowsAsync<LogUnavailableException>(async () => await provider.OpenAsync(Owners.Partition(7), Token));
        }

        await logs[7].AppendAsync("y");
        Assert.Equal(["y"], await logs[7].ReadAllAsync());
    }

    [Fact]
    public async Task Append_OfMoreThanMayWaitTogether_TakesTurns()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One, new PostgresOptions { MaxWaitingBytes = 1 });
        var logs = await OpenAllAsync(provider);
        await Task.WhenAll(logs.Select(log => log.AppendAsync("x")));
        Assert.Equal((long)Logs, await database.ExecuteAsync("select count(distinct xmin::text) from reflex.batches"));
    }

    [Fact]
    public async Task Append_WhoseConnectionIsCut_IsThereOnceOrNotAtAll()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var cutting = CutAsync(database, ended.Token);
        var failures = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => AppendThroughAsync(provider, number)));
        await ended.CancelAsync();
        await cutting;
        Assert.InRange(failures.Sum(), 1, int.MaxValue);
    }

    /// <summary>Appends, whatever happens; answers how many appends failed.</summary>
    private static async Task<int> AppendThroughAsync(PostgresLogProvider provider, int number)
    {
        var (acknowledged, unknown) = (new List<string>(), new HashSet<string>());
        IEventLog? log = null;
        for (var i = 0; i < 200 || unknown.Count == 0; i++)
        {
            var foreignId = i.ToString(CultureInfo.InvariantCulture);
            try
            {
                log ??= await provider.OpenAsync(Owners.Partition(number), Token);
                await log.AppendAsync(foreignId);
                acknowledged.Add(foreignId);
            }
            catch (LogFailedException)
            {
                unknown.Add(foreignId);
                log = null;
            }
        }

        while (log is null)
        {
            try
            {
                log = await provider.OpenAsync(Owners.Partition(number), Token);
            }
            catch (LogFailedException)
            {
                // The next one may get through.
            }
        }

        var found = await ReadThroughAsync(log);
        Assert.Equal(found.Distinct(), found);
        Assert.Equal(found.OrderBy(one => int.Parse(one, CultureInfo.InvariantCulture)), found);
        Assert.Empty(acknowledged.Except(found));
        Assert.Empty(found.Except(acknowledged).Except(unknown));
        return unknown.Count;
    }

    private static async Task<List<string>> ReadThroughAsync(IEventLog log)
    {
        while (true)
        {
            try
            {
                return await log.ReadAllAsync();
            }
            catch (LogFailedException)
            {
                // Its connection was cut as well.
            }
        }
    }

    /// <summary>Ends the silo's connections, again and again.</summary>
    private static async Task CutAsync(TestDatabase database, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await database.ExecuteAsync(
                "select pg_terminate_backend(pid), pg_sleep(0.02) from pg_stat_activity "
                + "where application_name = 'reflex' and datname = current_database() and pid <> pg_backend_pid()");
        }
    }

    private static async Task<List<IEventLog>> OpenAllAsync(PostgresLogProvider provider) =>
        [.. await Task.WhenAll(Enumerable.Range(0, Logs).Select(number => provider.OpenAsync(Owners.Partition(number), Token).AsTask()))];
}
