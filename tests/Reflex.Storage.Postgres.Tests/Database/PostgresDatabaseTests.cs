using Npgsql;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Database;

public sealed class PostgresDatabaseTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "", true)]
    [InlineData(true, "", false)]
    [InlineData(false, ";Max Auto Prepare=0", false)]
    public async Task Query_AgainAndAgain_IsPreparedUnlessAPoolerIsOnTheWayOrTheUserSaysOtherwise(
        bool isPooled, string added, bool isExpected)
    {
        await using var database = await TestDatabase.CreateAsync(server, isPrepared: false, isPooled);
        await using var silo = new PostgresDatabase(new PostgresOptions { ConnectionString = database.ConnectionOfSilos + added });
        var prepared = 0L;
        for (var i = 0; i < 4; i++)
        {
            prepared = (await silo.QueryAsync("select count(*) from pg_prepared_statements", reader => reader.GetInt64(0), Token))[0];
        }

        Assert.Equal(isExpected, prepared > 0);
    }

    [Fact]
    public async Task Query_AfterAChangeOfThePassword_GoesOnWithThatOfTheFile()
    {
        await using var database = await TestDatabase.CreateAsync(server, isPrepared: false);
        var text = await server.CreateRoleAsync(database.ConnectionString, "rotated", "first");
        var file = Path.Combine(Directory.CreateTempSubdirectory("reflex-secret-").FullName, "connection");
        await File.WriteAllTextAsync(file, text + "\n", Token);
        await using var silo = new PostgresDatabase(new PostgresOptions { ConnectionString = text, ConnectionStringFile = file });
        Assert.Equal(["rotated"], await AskAsync(silo));

        await database.ExecuteAsync("alter role rotated password 'second'");
        await EndConnectionsAsync();
        var error = await Assert.ThrowsAsync<NoConnectionException>(() => AskUntilConnectedAnewAsync(silo));
        Assert.Contains("password authentication failed", error.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, text.Replace("first", "second", StringComparison.Ordinal), Token);
        Assert.Equal(["rotated"], await AskUntilConnectedAnewAsync(silo));

        Task EndConnectionsAsync() => database.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rotated' and datname = current_database()");
    }

    private static Task<List<string>> AskAsync(PostgresDatabase silo) =>
        silo.QueryAsync("select current_user::text", reader => reader.GetString(0), Token);

    /// <summary>A connection that was ended is found out when it is used.</summary>
    private static async Task<List<string>> AskUntilConnectedAnewAsync(PostgresDatabase silo)
    {
        while (true)
        {
            try
            {
                return await AskAsync(silo);
            }
            catch (NpgsqlException error) when (error is not NoConnectionException)
            {
                // The next one is another connection.
            }
        }
    }
}
