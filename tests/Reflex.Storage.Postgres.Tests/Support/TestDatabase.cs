using Microsoft.Extensions.Options;
using Reflex.Storage.Postgres.Database;
using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Support;

/// <summary>A database of a test's own, with the connections of two silos to it.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        One = Connect();
        Other = Connect();
    }

    public string ConnectionString { get; }

    public PostgresDatabase One { get; }

    public PostgresDatabase Other { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes it, with the schema unless the test is about that.</summary>
    public static async Task<TestDatabase> CreateAsync(PostgresServer server, bool isPrepared = true)
    {
        var database = new TestDatabase(await server.CreateDatabaseAsync());
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
    }

    private PostgresDatabase Connect() => new(new PostgresOptions { ConnectionString = ConnectionString });
}
