using Npgsql;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

/// <summary>What PostgreSQL has surely not done.</summary>
public sealed class RefusedStatementTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task Append_ThatMetOthers_IsSentAgain(string code)
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        await RefuseAsync(database, code, times: 3);
        await log.AppendAsync("x");
        await RefuseAsync(database, code, times: 3);
        var again = await provider.OpenAsync(Owners.Partition(0), Token);
        Assert.Equal(["x"], await again.ReadAllAsync());
        await RefuseAsync(database, code, times: 4);
        await Assert.ThrowsAsync<LogUnavailableException>(() => again.AppendAsync("y"));
        await again.AppendAsync("z");
        Assert.Equal(["x", "z"], await again.ReadAllAsync());
    }

    [Theory]
    [InlineData(PostgresErrorCodes.QueryCanceled)]
    [InlineData(PostgresErrorCodes.LockNotAvailable)]
    [InlineData(PostgresErrorCodes.OutOfMemory)]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction)]
    public async Task Append_ThatIsRefused_WritesNothingAndTheLogGoesOn(string code)
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        await RefuseAsync(database, code, times: 1);
        var error = await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync("x"));
        Assert.True(error.IsTransient);
        Assert.EndsWith("Nothing was changed; ask again.", error.ClientMessage, StringComparison.Ordinal);
        Assert.Null(log.Failure);
        await log.AppendAsync("y");
        Assert.Equal(["y"], await log.ReadAllAsync());
    }

    [Theory]
    [InlineData(PostgresErrorCodes.ProtocolViolation)]
    [InlineData(PostgresErrorCodes.ConnectionFailure)]
    public async Task Append_OfWhichAPoolerLostTheServer_IsUnknownAndEndsTheLog(string code)
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        await RefuseAsync(database, code, times: 1);
        Assert.IsNotType<LogUnavailableException>(await Assert.ThrowsAnyAsync<LogFailedException>(() => log.AppendAsync("x")));
        Assert.NotNull(log.Failure);
        var again = await provider.OpenAsync(Owners.Partition(0), Token);
        await again.AppendAsync("y");
        Assert.Equal(["y"], await again.ReadAllAsync());
    }

    [Fact]
    public async Task Append_WithoutRoom_SaysSoAndGoesOnWhenThereIsSome()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        await RefuseAsync(database, PostgresErrorCodes.DiskFull, times: 1);
        await Assert.ThrowsAsync<LogFullException>(() => log.AppendAsync("x"));
        await log.AppendAsync("y");
        Assert.Equal(["y"], await log.ReadAllAsync());
    }

    [Fact]
    public async Task Append_LongerThanTheServersStatementTimeout_WritesNothingAndTheLogGoesOn()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        await using var hasty = new PostgresDatabase(
            new PostgresOptions { ConnectionString = database.ConnectionString + ";Options=-c statement_timeout=200" });
        using var provider = database.Logs(hasty);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        await using (await HoldAsync(database, "somebody"))
        {
            var error = await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync("x"));
            Assert.Contains("canceling statement due to statement timeout", error.Message, StringComparison.Ordinal);
        }

        await log.AppendAsync("y");
        Assert.Equal(["y"], await log.ReadAllAsync());
    }

    [Fact]
    public async Task Append_WithoutAConnection_WritesNothingAndTheLogGoesOn()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        await using var unpooled = new PostgresDatabase(
            new PostgresOptions { ConnectionString = database.ConnectionString + ";Pooling=false" });
        using var provider = database.Logs(unpooled);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        var other = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres" }.ConnectionString;
        await PostgresServer.ExecuteAsync(other, $"alter database {name} allow_connections false");
        var error = await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync("x"));
        Assert.Contains("PostgreSQL can't be reached. Nothing was changed", error.Message, StringComparison.Ordinal);
        Assert.Contains("is not currently accepting connections", error.Message, StringComparison.Ordinal);
        await PostgresServer.ExecuteAsync(other, $"alter database {name} allow_connections true");
        await log.AppendAsync("y");
        Assert.Equal(["y"], await log.ReadAllAsync());
    }

    [Fact]
    public async Task Trim_ThatIsRefused_RemovesNothingAndTheLogGoesOn()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        var log = await provider.OpenAsync(Owners.Partition(0), Token);
        await log.AppendAsync("x");
        await RefuseAsync(database, PostgresErrorCodes.LockNotAvailable, times: 1);
        var now = log.Bounds.HeadAppendedAt.AddDays(1);
        var retention = new Retention { MaxAge = TimeSpan.FromHours(1) };
        await Assert.ThrowsAsync<LogUnavailableException>(async () => await log.TrimAsync(retention, now, Token));
        Assert.Equal(1, log.Bounds.Oldest.Value);
        Assert.Null(log.Failure);
        Assert.True(await log.TrimAsync(retention, now, Token));
        Assert.Equal(2, log.Bounds.Oldest.Value);
        await log.AppendAsync("y");
    }

    [Fact]
    public async Task Open_OfALogWhoseRowAFrozenSiloHolds_EndsItThere()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        await provider.OpenAsync(Owners.Partition(0), Token);
        await using var frozen = await HoldAsync(database, "reflex");
        IEventLog? log = null;
        while (log is null)
        {
            try
            {
                log = await provider.OpenAsync(Owners.Partition(0), Token);
            }
            catch (LogUnavailableException)
            {
                // It may be alive still.
            }
        }

        await log.AppendAsync("x");
        await using var command = new NpgsqlCommand("commit", frozen);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync(Token));
    }

    [Fact]
    public async Task Open_OfALogWhoseRowSomebodyElseHolds_SaysWhoAndLeavesIt()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        using var provider = database.Logs(database.One);
        await provider.OpenAsync(Owners.Partition(0), Token);
        await using (var holder = await HoldAsync(database, "psql"))
        {
            for (var tries = 0; tries < 3; tries++)
            {
                var error = await Assert.ThrowsAsync<LogUnavailableException>(
                    async () => await provider.OpenAsync(Owners.Partition(0), Token));
                Assert.Contains(
                    $"it is the session of 'psql' with pid {holder.ProcessID}; if that stays, end it",
                    error.Message,
                    StringComparison.Ordinal);
                Assert.DoesNotContain("pid", error.ClientMessage, StringComparison.Ordinal);
            }
        }

        await provider.OpenAsync(Owners.Partition(0), Token);
    }

    /// <summary>A session that holds the log's row as long as it lives.</summary>
    private static async Task<NpgsqlConnection> HoldAsync(TestDatabase database, string program)
    {
        var connection = new NpgsqlConnection($"{database.ConnectionString};Pooling=false;Application Name={program}");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand("begin; update reflex.partitions set epoch = epoch + 1", connection);
        await command.ExecuteNonQueryAsync(Token);
        return connection;
    }

    /// <summary>Lets the next statements that change a log's row fail.</summary>
    private static Task RefuseAsync(TestDatabase database, string code, int times) => database.ExecuteAsync(
        $$"""
        drop sequence if exists refused;
        create sequence refused;
        create or replace function refuse() returns trigger language plpgsql as $x$ begin
            if nextval('refused') <= {{times}} then raise exception using errcode = '{{code}}', message = 'as the test wants'; end if;
            return new;
        end $x$;
        create or replace trigger refuse before update on reflex.partitions for each row execute function refuse();
        """);
}
