using Npgsql;
using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Load;

/// <summary>Looks again and again at the consumers' cursors in PostgreSQL, and keeps how they moved.</summary>
internal sealed class CursorSampler(NpgsqlDataSource database)
{
    private const string Statement =
        """
        select split_part(grain, '/', 4), split_part(grain, '/', 3)::int, (convert_from(payload, 'UTF8')::jsonb ->> 'cursor')::bigint
        from reflex.state
        where state = 'cursor' and grain like 'reflex.cursor/%' and convert_from(payload, 'UTF8')::jsonb ? 'cursor'
        """;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<(string, int), long> _cursors = [];

    public List<StoredMove> Moves { get; } = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await TakeAsync(stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(Statement);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var (consumer, partition, id) = (reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2));
                if (_cursors.GetValueOrDefault((consumer, partition)) != id)
                {
                    _cursors[(consumer, partition)] = id;
                    Moves.Add(new StoredMove(consumer, partition, id, Clock.Now));
                }
            }
        }
        catch (NpgsqlException)
        {
            // The fault is PostgreSQL's: it is asked again.
        }
    }
}
