using Microsoft.Extensions.Options;
using Reflex.Storage.Postgres.Database;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Support;

/// <summary>A database of a test's own, with the connections of two silos to it.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly PgBouncerServer? _pooler;

    private TestDatabase(string connectionString, PgBouncerServer? pooler)
    {
        ConnectionString = connectionString;
        _pooler = pooler;
        One = Connect();
        Other = Connect();
    }

    public string ConnectionString { get; }

    /// <summary>How the silos reach it.</summary>
    public string ConnectionOfSilos => _pooler?.Through(ConnectionString) ?? ConnectionString;

    public PostgresDatabase One { get; }

    public PostgresDatabase Other { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes it, with the schema unless the test is about that; the silos may reach it through a PgBouncer.</summary>
    public static async Task<TestDatabase> CreateAsync(PostgresServer server, bool isPrepared = true, bool isPooled = false)
    {
        var text = await server.CreateDatabaseAsync();
        var database = new TestDatabase(text, isPooled ? await PgBouncerServer.StartAsync(text) : null);
        if (isPrepared)
        {
            await database.Logs(database.One).StartAsync(Token);
        }

        return database;
    }

    public PostgresLogProvider Logs(PostgresDatabase silo, PostgresOptions? options = null) =>
        new(silo, Options.Create(options ?? new PostgresOptions()));

    public Task<object?> ExecuteAsync(string text) => PostgresServer.ExecuteAsync(ConnectionString, text);

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Other.DisposeAsync();
        await (_pooler?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private PostgresDatabase Connect() => new(new PostgresOptions { ConnectionString = ConnectionOfSilos });
}
