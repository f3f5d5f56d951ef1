using Npgsql;
using Reflex.Storage.Postgres.Database;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Makes this process the owner of logs, many with one statement. Thread-safe.</summary>
internal sealed class LogOpener
{
    private const int MaxOpenings = 1000;

    private readonly PostgresDatabase _database;
    private readonly LogStatements _statements;
    private readonly Gathering<LogOpening> _openings;

    public LogOpener(PostgresDatabase database, LogStatements statements)
    {
        _database = database;
        _statements = statements;
        _openings = new Gathering<LogOpening>(
            _ => 1,
            MaxOpenings,
            OpenAsync,
            (opening, error) => opening.TrySetException(PostgresErrors.ToLogFailure(opening.Partition, database.Place, error)));
    }

    /// <summary>Takes a new epoch of a log, which is made if it is new.</summary>
    /// <exception cref="LogFailedException">PostgreSQL refused, or can't be reached.</exception>
    public Task<LogRow> OpenAsync(PartitionId partition)
    {
        var opening = new LogOpening(partition);
        _openings.Add(opening);
        return opening.Task;
    }

    private async Task OpenAsync(IReadOnlyList<LogOpening> group)
    {
        // A statement can change a row once only; of two openings of one log the later one is the owner.
        var first = group.DistinctBy(opening => opening.Partition).OrderBy(opening => opening.Partition.ToString(), StringComparer.Ordinal)
            .ToList();
        try
        {
            await OpenDistinctAsync(first).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable && first is [var opening])
        {
            await OpenHeldAsync(opening, error).ConfigureAwait(false);
        }

        foreach (var again in group.Except(first))
        {
            _openings.Add(again);
        }
    }

    /// <summary>Opens a log whose row somebody holds: a session of ours that froze is ended, of others the operator is told.</summary>
    private async Task OpenHeldAsync(LogOpening opening, PostgresException error)
    {
        var holders = await _database.QueryAsync(
            _statements.Holder,
            LogHolder.Read,
            CancellationToken.None,
            PostgresDatabase.Value(opening.Partition.Stream.Value),
            PostgresDatabase.Value(opening.Partition.Index)).ConfigureAwait(false);
        if (holders is [{ HasEnded: false } holder])
        {
            throw new LogUnavailableException(
                opening.Partition,
                "somebody else holds its row in PostgreSQL.",
                $"{_database.Place}: it is the session of '{holder.Program}' with pid {holder.ProcessId}; if that stays, end it with "
                + $"select pg_terminate_backend({holder.ProcessId})",
                error);
        }

        // One that was ended has made way, or does in a moment; another may have done so by itself.
        await OpenDistinctAsync([opening]).ConfigureAwait(false);
    }

    private async Task OpenDistinctAsync(IReadOnlyList<LogOpening> group)
    {
        var rows = await _database.ChangeAsync(
            _statements.Open,
            LogRow.Read,
            CancellationToken.None,
            PostgresDatabase.Value(group.Select(opening => opening.Partition.Stream.Value).ToArray()),
            PostgresDatabase.Value(group.Select(opening => opening.Partition.Index).ToArray()),
            PostgresDatabase.Value(group.Select(_ => Epochs.Next(0)).ToArray())).ConfigureAwait(false);
        var found = rows.ToDictionary(row => (row.Stream, row.Partition));
        foreach (var opening in group)
        {
            opening.TrySetResult(found[(opening.Partition.Stream.Value, opening.Partition.Index)]);
        }
    }
}
