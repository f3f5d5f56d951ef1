using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.State;

/// <summary>Writes grains' state, what many grains have at the moment with one statement. Thread-safe.</summary>
internal sealed class StateWriter
{
    private const long MaxStatementBytes = 4 * 1024 * 1024;

    // What a record takes beside its payload.
    private const int RecordBytes = 256;

    private readonly PostgresDatabase _database;
    private readonly StateStatements _statements;
    private readonly Gathering<StateWrite> _writes;

    public StateWriter(PostgresDatabase database, StateStatements statements)
    {
        _database = database;
        _statements = statements;
        _writes = new Gathering<StateWrite>(
            write => RecordBytes + (write.Payload?.Length ?? 0),
            MaxStatementBytes,
            WriteAsync,
            (write, error) => write.TrySetException(PostgresErrors.ToStateFailure(write.State, write.Grain, error)));
    }

    /// <summary>Writes a record; answers its new version, or null, and nothing was written, when the stored version is another.</summary>
    /// <exception cref="StateStoreException">PostgreSQL refused, or the outcome is unknown.</exception>
    public Task<long?> WriteAsync(StateWrite write)
    {
        _writes.Add(write);
        return write.Task;
    }

    private async Task WriteAsync(IReadOnlyList<StateWrite> group)
    {
        // A statement changes a row once only; two activations of one grain write apart.
        var first = group.DistinctBy(write => (write.Grain, write.State))
            .OrderBy(write => write.Grain, StringComparer.Ordinal).ThenBy(write => write.State, StringComparer.Ordinal).ToList();
        await WriteDistinctAsync(first).ConfigureAwait(false);
        foreach (var again in group.Except(first))
        {
            _writes.Add(again);
        }
    }

    private async Task WriteDistinctAsync(IReadOnlyList<StateWrite> group)
    {
        var rows = await _database.ChangeAsync(
            _statements.Write,
            reader => (Grain: reader.GetString(0), State: reader.GetString(1), Version: reader.GetInt64(2)),
            CancellationToken.None,
            PostgresDatabase.Value(group.Select(write => write.Grain).ToArray()),
            PostgresDatabase.Value(group.Select(write => write.State).ToArray()),
            PostgresDatabase.Value(group.Select(write => write.Version).ToArray()),
            PostgresDatabase.Value(group.Select(write => write.Payload).ToArray())).ConfigureAwait(false);
        var versions = rows.ToDictionary(row => (row.Grain, row.State), row => row.Version);
        foreach (var write in group)
        {
            write.TrySetResult(versions.TryGetValue((write.Grain, write.State), out var version) ? version : null);
        }
    }
}
