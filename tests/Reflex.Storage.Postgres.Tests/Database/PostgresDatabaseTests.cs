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
}
