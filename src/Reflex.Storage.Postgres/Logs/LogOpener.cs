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
        await OpenDistinctAsync(first).ConfigureAwait(false);
        foreach (var again in group.Except(first))
        {
            _openings.Add(again);
        }
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
