using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Removes the rows of events that are gone by what their log's row says. Anybody may, as those never come back.</summary>
internal sealed class LogSweeper(PostgresDatabase database, LogStatements statements)
{
    // So that no statement runs long: others may want the disk.
    private const int RowsAtOnce = 512;

    /// <summary>Removes all of a log; answers how many rows.</summary>
    public async Task<long> SweepAsync(long key, CancellationToken cancellationToken)
    {
        // From where the last piece ended on: PostgreSQL passes over removed entries as long as somebody might see them.
        for (var (all, last) = (0L, 0L); ;)
        {
            var swept = await database.ChangeAsync(
                statements.Sweep,
                reader => reader.GetInt64(0),
                cancellationToken,
                PostgresDatabase.Value(key),
                PostgresDatabase.Value(RowsAtOnce),
                PostgresDatabase.Value(last)).ConfigureAwait(false);
            all += swept.Count;
            if (swept.Count < RowsAtOnce)
            {
                return all;
            }

            last = swept.Max();
        }
    }
}
