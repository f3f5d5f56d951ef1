using Reflex.Events;
using Reflex.Storage.Postgres.Database;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Reads a log beside its owner.</summary>
internal sealed class PostgresLogReader(LogContext context, PartitionId partition, LogRow row) : IEventLogReader
{
    public LogBounds Bounds { get; private set; } = row.Bounds;

    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var rows = await context.Database.QueryAsync(
                context.Statements.LookAgain, LogRow.Read, cancellationToken, PostgresDatabase.Value(row.Key)).ConfigureAwait(false);
            Bounds = rows is [var found]
                ? found.Bounds
                : throw new LogFailedException(partition, "its row in PostgreSQL was removed by somebody; open the log again.");
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw PostgresErrors.ToLogFailure(partition, context.Database.Place, error);
        }
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        context.Pages.ReadAsync(partition, row.Key, () => Bounds, after, maxBytes, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
