using Npgsql;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Tests.Support;

/// <summary>A role of a test's own, which may do nothing, and a silo that connects as it.</summary>
internal sealed class WeakRole : IAsyncDisposable
{
    private static int _count;

    private readonly TestDatabase _owner;

    private WeakRole(TestDatabase owner, string name, string schema)
    {
        _owner = owner;
        Name = name;
        Database = new PostgresDatabase(new PostgresOptions
        {
            ConnectionString = new NpgsqlConnectionStringBuilder(owner.ConnectionString) { Username = name }.ConnectionString,
            Schema = schema,
        });
    }

    public string Name { get; }

    public PostgresDatabase Database { get; }

    public static async Task<WeakRole> CreateAsync(TestDatabase database, string schema = "reflex")
    {
        var name = $"weak{Interlocked.Increment(ref _count)}";
        await database.ExecuteAsync($"create role {name} login");
        return new WeakRole(database, name, schema);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await _owner.ExecuteAsync($"drop owned by {Name}; drop role {Name}");
    }
}
