using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Membership;
using Reflex.Storage.Postgres.Schema;
using Reflex.Storage.Postgres.State;
using Reflex.Storage.Postgres.Tests.State;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Streams;
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

    [Theory]
    [InlineData("reflex", "")]
    [InlineData("events", "--schema events ")]
    public async Task Prepare_ByARoleWithoutRights_NamesTheCommandThatPrintsThem(string schema, string option)
    {
        await using var database = await TestDatabase.CreateAsync(server, isPrepared: false);
        await using var role = await WeakRole.CreateAsync(database, schema);
        var command = $"'reflex postgres schema {option}--role {role.Name}'";
        await RefusedAsync(role.Database, $"The role {role.Name} may not make or use the schema {schema} ", command);
        await database.ExecuteAsync(PostgresScript.Make(schema));
        await RefusedAsync(role.Database, $"may not make or use the schema {schema} ", command);
        await database.ExecuteAsync($"grant usage on schema {schema} to {role.Name}; grant select on {schema}.schema to {role.Name}");
        const string Read = "may not read and write ";
        await RefusedAsync(role.Database, $"{Read}batches, clusters, partitions, silos, state, state_versions in ", command);
        await database.ExecuteAsync(
            $"grant select, insert, update, delete on all tables in schema {schema} to {role.Name}; "
            + $"revoke delete on {schema}.batches from {role.Name}");
        await RefusedAsync(role.Database, $"{Read}batches, state_versions in ", command);
    }

    [Fact]
    public async Task Prepare_ByARoleThatMayNotCreate_AfterTheScript_TakesNoLock()
    {
        await using var database = await TestDatabase.CreateAsync(server, isPrepared: false);
        await using var role = await WeakRole.CreateAsync(database, "reflex");
        await database.ExecuteAsync(PostgresScript.Make("reflex", role.Name));

        // Somebody is about to make something, and goes no further.
        await using var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(Token);
        await using var hold = new NpgsqlCommand("select pg_advisory_lock(hashtext('reflex.schema.reflex'))", holder);
        await hold.ExecuteNonQueryAsync(Token);
        var logs = database.Logs(role.Database);
        await logs.StartAsync(Token);
        await UseAsync(logs, new PostgresGrainStorage(role.Database, new TextSerializer()));
        var table = new PostgresMembershipTable(
            role.Database, Options.Create(new ClusterOptions { ClusterId = "one" }), new MembershipClock(TimeProvider.System));
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        Assert.Equal(0, (await table.ReadAll()).Version.Version);
        await table.DeleteMembershipTableEntries("one");
    }

    [Fact]
    public async Task Script_IsWhatTheStartWouldRun()
    {
        await using var made = await TestDatabase.CreateAsync(server);
        await using var run = await TestDatabase.CreateAsync(server, isPrepared: false);
        await run.ExecuteAsync(PostgresScript.Make("reflex"));
        const string Columns =
            "select string_agg(concat_ws(' ', c.relkind, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
            + "c.reloptions, a.attstorage), ',' order by c.relname, a.attnum) "
            + "from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relnamespace = to_regnamespace('reflex')";
        Assert.Equal(await made.ExecuteAsync(Columns), await run.ExecuteAsync(Columns));
        Assert.Equal(PostgresSchema.Version, await run.ExecuteAsync("select version from reflex.schema"));

        // Once more it changes nothing.
        await Assert.ThrowsAsync<PostgresException>(() => run.ExecuteAsync(PostgresScript.Make("reflex")));
        Assert.Equal(await made.ExecuteAsync(Columns), await run.ExecuteAsync(Columns));
    }

    [Theory]
    [InlineData("Reflex", null, "The schema is 'Reflex'; it must have lower-case letters")]
    [InlineData("a; drop table b", null, "The schema is 'a; drop table b'; it must have")]
    [InlineData("reflex", "", "The role has no name")]
    public void Script_OfWhatCannotBe_IsRefused(string schema, string? role, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => PostgresScript.Make(schema, role));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
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

    /// <summary>Does once whatever a silo does with its storage.</summary>
    private static async Task UseAsync(PostgresLogProvider logs, PostgresGrainStorage storage)
    {
        var partition = Owners.Partition(1);
        await using (var log = await logs.OpenAsync(partition, Token))
        {
            await log.AppendAsync("a");
            Assert.Equal(["a"], await log.ReadAllAsync());
            Assert.True(await log.TrimAsync(new Retention { MaxAge = TimeSpan.FromDays(1) }, DateTimeOffset.UnixEpoch.AddYears(61), Token));
        }

        await logs.DeleteAsync(partition, await logs.GetEpochAsync(partition, Token), Token);
        var (grain, state) = (GrainId.Create("reflex.cursor", "orders/0/billing"), new GrainState<Payload>(new Payload()));
        await storage.WriteStateAsync("cursor", grain, state);
        await storage.WriteStateAsync("cursor", grain, state);
        await storage.ClearStateAsync("cursor", grain, state);
    }

    private static async Task RefusedAsync(PostgresDatabase database, params string[] expected)
    {
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => PostgresSchema.PrepareAsync(database, Token));
        Assert.All(expected, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
    }
}
