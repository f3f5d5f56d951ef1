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
    private readonly Gathering<LogAppend> _appends;

    public LogWriter(PostgresDatabase database, LogStatements statements)
    {
        _database = database;
        _statements = statements;
        _appends = new Gathering<LogAppend>(append => append.Bytes, MaxStatementBytes, WriteAsync);
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
        try
        {
            await WriteTogetherAsync(group).ConfigureAwait(false);
        }
        catch (Exception error) when (group.Count > 1 && PostgresErrors.IsRolledBack(error))
        {
            // What is wrong with one doesn't stop the others.
            foreach (var append in group)
            {
                await WriteAsync([append]).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            foreach (var append in group)
            {
                append.TrySetException(PostgresErrors.ToLogFailure(append.Partition, _database.Place, error));
            }
        }
    }

    private async Task WriteTogetherAsync(IReadOnlyList<LogAppend> group)
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
        }

        if (done.Count < group.Count)
        {
            await RefuseAsync([.. group.Where(append => !done.Contains(append.Key))]).ConfigureAwait(false);
        }
    }

    /// <summary>Tells those of which nothing was appended why.</summary>
    private async Task RefuseAsync(IReadOnlyList<LogAppend> refused)
    {
        Dictionary<long, long> owners = [];
        try
        {
            var rows = await _database.QueryAsync(
                _statements.Owners,
                reader => (reader.GetInt64(0), reader.GetInt64(1)),
                CancellationToken.None,
                PostgresDatabase.Value(refused.Select(append => append.Key).ToArray())).ConfigureAwait(false);
            owners = rows.ToDictionary(row => row.Item1, row => row.Item2);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            foreach (var append in refused)
            {
                append.TrySetException(PostgresErrors.ToLogFailure(append.Partition, _database.Place, error));
            }
        }

        foreach (var append in refused)
        {
            append.TrySetException(owners.TryGetValue(append.Key, out var found) && found > append.Epoch
                ? new LogFencedException(append.Partition, append.Epoch, found)
                : PostgresErrors.Changed(append.Partition, _database.Place));
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
