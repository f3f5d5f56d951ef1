using Reflex.Storage.Postgres.Database;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Asks for the owners of logs, many at once. Thread-safe.</summary>
internal sealed class LogOwners
{
    private const int MaxQuestions = 10_000;

    private readonly PostgresDatabase _database;
    private readonly LogStatements _statements;
    private readonly Gathering<LogQuestion> _questions;

    public LogOwners(PostgresDatabase database, LogStatements statements)
    {
        _database = database;
        _statements = statements;
        _questions = new Gathering<LogQuestion>(
            _ => 1,
            MaxQuestions,
            AskAsync,
            (question, error) => question.TrySetException(PostgresErrors.ToLogFailure(question.Partition, database.Place, error)));
    }

    /// <summary>A log's owner, as it was at a moment after this call began.</summary>
    /// <exception cref="LogFailedException">PostgreSQL couldn't be asked.</exception>
    public Task<LogOwner?> AskAsync(PartitionId partition, long key)
    {
        var question = new LogQuestion(partition, key);
        _questions.Add(question);
        return question.Task;
    }

    private async Task AskAsync(IReadOnlyList<LogQuestion> group)
    {
        var rows = await _database.QueryAsync(
            _statements.Owners,
            reader => (Key: reader.GetInt64(0), Owner: new LogOwner(reader.GetInt64(1), reader.GetInt64(2))),
            CancellationToken.None,
            PostgresDatabase.Value(group.Select(question => question.Key).Distinct().ToArray())).ConfigureAwait(false);
        var owners = rows.ToDictionary(row => row.Key, row => row.Owner);
        foreach (var question in group)
        {
            question.TrySetResult(owners.GetValueOrDefault(question.Key));
        }
    }
}
