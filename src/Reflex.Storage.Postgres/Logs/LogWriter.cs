using Npgsql;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Appends to all logs of the process, on one connection: one statement carries what they have waiting. Thread-safe.</summary>
internal sealed class LogWriter
{
    // PostgreSQL takes a parameter of up to 1 GB, at several times its size in memory on both sides.
    private const long MaxStatementBytes = 16 * 1024 * 1024;

    private readonly PostgresDatabase _database;
    private readonly LogStatements _statements;
    private readonly LogOwners _owners;
    private readonly Gathering<LogAppend> _appends;

    public LogWriter(PostgresDatabase database, LogStatements statements, LogOwners owners)
    {
        _database = database;
        _statements = statements;
        _owners = owners;
        _appends = new Gathering<LogAppend>(
            append => append.Bytes,
            MaxStatementBytes,
            WriteAsync,
            (append, error) => append.TrySetException(PostgresErrors.ToLogFailure(append.Partition, database.Place, error)));
    }

    /// <summary>Appends, with what others append meanwhile.</summary>
    /// <exception cref="LogFencedException">The log has a newer owner; nothing was appended.</exception>
    /// <exception cref="LogFailedException">PostgreSQL refused, or the outcome is unknown.</exception>
    public Task AppendAsync(LogAppend append)
    {
        _appends.Add(append);
        return append.Task;
    }

    private async Task WriteAsync(IReadOnlyList<LogAppend> group)
    {
        // A statement changes a log once only; two owners of one write apart, each under its own epoch.
        var first = group.DistinctBy(append => append.Key).ToList();
        await WriteDistinctAsync(first).ConfigureAwait(false);
        foreach (var again in first.Count < group.Count ? group.Except(first) : [])
        {
            _appends.Add(again);
        }
    }

    private async Task WriteDistinctAsync(List<LogAppend> group)
    {
        var appended = await _database.ChangeAsync(
            _statements.Append, reader => reader.GetInt64(0), CancellationToken.None, Parameters(group)).ConfigureAwait(false);
        var done = appended.ToHashSet();
        foreach (var append in group)
        {
            if (done.Contains(append.Key))
            {
                append.TrySetResult();
            }
            else
            {
                // Not waited for: nobody else's appends have to do with it.
                _ = RefuseAsync(append);
            }
        }
    }

    /// <summary>Tells one of which nothing was appended why.</summary>
    private async Task RefuseAsync(LogAppend append)
    {
        try
        {
            var owner = await _owners.AskAsync(append.Partition, append.Key).ConfigureAwait(false);
            append.TrySetException(owner?.Epoch > append.Epoch
                ? new LogFencedException(append.Partition, append.Epoch, owner.Epoch)
                : PostgresErrors.Changed(append.Partition, _database.Place));
        }
        catch (LogFailedException error)
        {
            append.TrySetException(error);
        }
    }

    private static NpgsqlParameter[] Parameters(IReadOnlyList<LogAppend> group)
    {
        // In one order in every silo, so that two that write to the same logs during a move don't wait for one another.
        LogAppend[] logs = [.. group.OrderBy(append => append.Key)];
        (long Key, LogEvents Events)[] rows = [.. logs.SelectMany(append => append.Rows.Select(row => (append.Key, row)))];
        return
        [
            PostgresDatabase.Value(Array.ConvertAll(logs, append => append.Key)),
            PostgresDatabase.Value(Array.ConvertAll(logs, append => append.Epoch)),
            PostgresDatabase.Value(Array.ConvertAll(logs, append => append.Head)),
            PostgresDatabase.Value(Array.ConvertAll(logs, append => append.Last.LastId.Value)),
            PostgresDatabase.Value(Array.ConvertAll(logs, append => append.Last.Epoch)),
            PostgresDatabase.Value(Array.ConvertAll(logs, append => Ticks.Of(append.Last.AppendedAt))),
            PostgresDatabase.Value(Array.ConvertAll(logs, append => append.Bytes)),
            PostgresDatabase.Value(Array.ConvertAll(logs, append => append.IsOwn)),
            PostgresDatabase.Value(Array.ConvertAll(rows, row => row.Key)),
            PostgresDatabase.Value(Array.ConvertAll(rows, row => row.Events.Last)),
            PostgresDatabase.Value(Array.ConvertAll(rows, row => row.Events.AppendedAt)),
            PostgresDatabase.Value(Array.ConvertAll(rows, row => row.Events.Bytes)),
        ];
    }
}
