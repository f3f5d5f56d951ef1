using Orleans.Storage;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.State;
using Reflex.Storage.Postgres.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.State;

public class PostgresGrainStorageTests(PostgresServer server)
{
    private const string Name = "cursor";

    private static readonly GrainId Grain = GrainId.Create("reflex.consumer", "orders/0/billing");

    /// <summary>Whether a PgBouncer is between the silo and the server.</summary>
    protected virtual bool IsPooled => false;

    [Fact]
    public async Task Write_OfWhatWasRead_IsReadByTheOtherSilo()
    {
        await using var database = await CreateAsync();
        var (one, other) = (Storage(database.One), Storage(database.Other));
        var state = await ReadAsync(one);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        state.State!.Value = "12";
        await one.WriteStateAsync(Name, Grain, state);
        var read = await ReadAsync(other);
        Assert.True(read.RecordExists);
        Assert.Equal("12", read.State!.Value);
        Assert.Equal(state.ETag, read.ETag);
        read.State!.Value = "13";
        await other.WriteStateAsync(Name, Grain, read);
        Assert.Equal("13", (await ReadAsync(one)).State!.Value);
    }

    [Fact]
    public async Task Write_OfAnOlderVersion_IsRefusedAndChangesNothing()
    {
        await using var database = await CreateAsync();
        var (one, other) = (Storage(database.One), Storage(database.Other));
        var (newer, older) = (await ReadAsync(one), await ReadAsync(other));
        newer.State!.Value = "newer";
        older.State!.Value = "older";
        await one.WriteStateAsync(Name, Grain, newer);
        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => other.WriteStateAsync(Name, Grain, older));
        Assert.StartsWith($"The state '{Name}' of {Grain} was written by another activation", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InconsistentStateException>(async () =>
        {
            older.ETag = "1000000";
            await other.WriteStateAsync(Name, Grain, older);
        });
        Assert.Equal("newer", (await ReadAsync(other)).State!.Value);
    }

    [Fact]
    public async Task Write_OfAVersionFromBeforeARemoval_IsRefused()
    {
        await using var database = await CreateAsync();
        var storage = Storage(database.One);
        var state = await ReadAsync(storage);
        await storage.WriteStateAsync(Name, Grain, state);
        var late = await ReadAsync(storage);
        await storage.ClearStateAsync(Name, Grain, state);
        Assert.False(state.RecordExists);
        Assert.False((await ReadAsync(storage)).RecordExists);
        await storage.WriteStateAsync(Name, Grain, state);
        Assert.NotEqual(late.ETag, state.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(Name, Grain, late));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(Name, Grain, late));
        Assert.Equal(state.ETag, (await ReadAsync(storage)).ETag);
    }

    [Fact]
    public async Task Write_OfManyGrainsAtOnce_TakesFewStatementsAndRefusesOnlyTheStale()
    {
        await using var database = await CreateAsync();
        var storage = Storage(database.One);
        var grains = Enumerable.Range(0, 500).Select(number => GrainId.Create("reflex.consumer", $"orders/{number}/billing")).ToList();
        var states = grains.ConvertAll(_ => new GrainState<Payload>(new Payload()));
        await Task.WhenAll(grains.Zip(states, (grain, state) => storage.WriteStateAsync(Name, grain, state)));
        Assert.Equal(500L, await database.ExecuteAsync("select count(*) from reflex.state"));

        // A transaction that writes has a number of its own.
        var transactions = (long)(await database.ExecuteAsync("select count(distinct xmin::text) from reflex.state"))!;
        Assert.InRange(transactions, 1, 499);
        states[7].ETag = "1000000";
        var writes = grains.Zip(states, (grain, state) => storage.WriteStateAsync(Name, grain, state)).ToList();
        await Assert.ThrowsAsync<InconsistentStateException>(() => writes[7]);
        writes.RemoveAt(7);
        await Task.WhenAll(writes);
    }

    [Fact]
    public async Task Write_WhoseConnectionIsLost_FailsAsTransientAndGoesOnWithoutARestart()
    {
        await using var database = await CreateAsync();
        var storage = Storage(database.One);
        var state = await ReadAsync(storage);
        await storage.WriteStateAsync(Name, Grain, state);
        await using var holder = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new Npgsql.NpgsqlCommand("lock table reflex.state", holder))
        {
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var error = await Assert.ThrowsAsync<StateStoreException>(() => storage.WriteStateAsync(Name, Grain, state));
        Assert.True(error.IsTransient);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reflex' "
            + "and datname = current_database() and pid <> pg_backend_pid()");
        if (!IsPooled)
        {
            // A pooler may notice before anybody uses it, or a moment later.
            await Assert.ThrowsAsync<StateStoreException>(() => storage.WriteStateAsync(Name, Grain, state));
        }

        for (var isStored = false; !isStored;)
        {
            try
            {
                await storage.WriteStateAsync(Name, Grain, await ReadAsync(storage));
                isStored = true;
            }
            catch (StateStoreException again) when (again.IsTransient)
            {
                // Another connection that is gone.
            }
        }
    }

    private static async Task<GrainState<Payload>> ReadAsync(PostgresGrainStorage storage)
    {
        var state = new GrainState<Payload>();
        await storage.ReadStateAsync(Name, Grain, state);
        return state;
    }

    private Task<TestDatabase> CreateAsync() => TestDatabase.CreateAsync(server, isPooled: IsPooled);

    private static PostgresGrainStorage Storage(PostgresDatabase silo) => new(silo, new TextSerializer());
}
