using Npgsql;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Schema;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Schema;

public sealed class PostgresSchemaTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prepare_OfManySilosAtOnce_MakesItOnce()
    {
        await using var database = await TestDatabase.CreateAsync(server, isPrepared: false);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            PostgresSchema.PrepareAsync(number % 2 == 0 ? database.One : database.Other, Token)));
        Assert.Equal(PostgresSchema.Version, await database.ExecuteAsync("select version from reflex.schema"));
    }

    [Fact]
    public async Task Prepare_OfANewerSchema_IsRefusedAndChangesNothing()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        await database.ExecuteAsync("update reflex.schema set version = 99");
        await RefusedAsync(database.One, "has version 99, and this program knows versions up to 1");
        Assert.Equal(99, await database.ExecuteAsync("select version from reflex.schema"));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=postgres", "PostgreSQL can't be used")]
    [InlineData("Database=nowhere", "database \"nowhere\" does not exist")]
    [InlineData("Username=nobody", "role \"nobody\" does not exist")]
    public async Task Prepare_OfWhatCannotBeReached_IsRefused(string changed, string expected)
    {
        await using var database = await TestDatabase.CreateAsync(server, isPrepared: false);
        var text = $"{database.ConnectionString};{changed}";
        await using var wrong = new PostgresDatabase(new PostgresOptions { ConnectionString = text });
        await RefusedAsync(wrong, expected);
    }

    [Fact]
    public async Task Prepare_ByARoleWithoutRights_IsRefused()
    {
        await using var database = await TestDatabase.CreateAsync(server, isPrepared: false);
        await database.ExecuteAsync("create role weak login");
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "weak" }.ConnectionString;
        await using var weak = new PostgresDatabase(new PostgresOptions { ConnectionString = text });
        await RefusedAsync(weak, "grant it CREATE on the database");
        await database.ExecuteAsync("drop role weak");
    }

    [Fact]
    public async Task Settings_OfARoleThatWeakenAnAppend_DoNot()
    {
        await using var database = await TestDatabase.CreateAsync(server);
        await database.ExecuteAsync(
            "do $$ begin execute 'alter database ' || current_database() || ' set synchronous_commit = off'; end $$");
        await using var weak = new PostgresDatabase(
            new PostgresOptions { ConnectionString = database.ConnectionString + ";Application Name=weak" });
        const string Question = "select current_setting('synchronous_commit') || ' ' || current_setting('lock_timeout')";
        Assert.Equal(["on 500ms"], await weak.ChangeAsync(Question, reader => reader.GetString(0), Token));
        Assert.Equal(["off 0"], await weak.QueryAsync(Question, reader => reader.GetString(0), Token));
    }

    private static async Task RefusedAsync(PostgresDatabase database, string expected)
    {
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => PostgresSchema.PrepareAsync(database, Token));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
