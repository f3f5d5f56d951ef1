using Npgsql;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.State;

/// <summary>A record that says that a schema is a copy to which something is still missing, so that no silo uses it.</summary>
/// <param name="database">The database with the schema.</param>
internal sealed class CopyMark(PostgresDatabase database)
{
    private const string Grain = "reflex.copy";
    private const string State = "copy";

    // A record takes as much beside its payload.
    private const int RecordBytes = 256;
    private const int MaxStatementBytes = 4 * 1024 * 1024;

    private readonly StateStatements _statements = new(database.Schema);

    /// <exception cref="StorageRefusedException">There is one.</exception>
    public static async Task RequireNoneAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        if (await new CopyMark(database).IsSetAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new StorageRefusedException(
                $"{database.Place} is a copy that isn't finished: run the same 'reflex copy' again, or drop the schema.");
        }
    }

    /// <summary>Whether there is one.</summary>
    public async Task<bool> IsSetAsync(CancellationToken cancellationToken) => (await database.QueryAsync(
        _statements.FindMark,
        reader => reader.GetFieldValue<byte[]>(0),
        cancellationToken,
        PostgresDatabase.Value(Grain),
        PostgresDatabase.Value(State)).ConfigureAwait(false)).Count > 0;

    /// <summary>Marks a schema that holds nothing; one that holds something stays as it is.</summary>
    public Task SetAsync(CancellationToken cancellationToken) => database.ChangeAsync(
        _statements.Mark,
        reader => reader.GetInt64(0),
        cancellationToken,
        PostgresDatabase.Value(Grain),
        PostgresDatabase.Value(State),
        PostgresDatabase.Value(Array.Empty<byte>()));

    /// <summary>All records beside it.</summary>
    public async Task<IReadOnlyList<StateRecord>> ReadOthersAsync(CancellationToken cancellationToken) => await database.QueryAsync(
        _statements.List,
        reader => new StateRecord(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)),
        cancellationToken,
        PostgresDatabase.Value(Grain)).ConfigureAwait(false);

    /// <summary>Puts records in its place, in one transaction.</summary>
    /// <exception cref="StorageRefusedException">It is gone: somebody else has finished the copy, or dropped the schema.</exception>
    public Task ReplaceAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellationToken) => database.ChangeAllAsync(
        async connection =>
        {
            var removed = await RunAsync(_statements.Unmark, PostgresDatabase.Value(Grain), PostgresDatabase.Value(State))
                .ConfigureAwait(false);
            if (removed == 0)
            {
                throw new StorageRefusedException(
                    $"{database.Place} isn't marked as this copy any more: somebody else has finished it, or used the schema.");
            }

            foreach (var piece in Pieces(records))
            {
                await RunAsync(
                    _statements.Add,
                    PostgresDatabase.Value(piece.ConvertAll(record => record.Grain).ToArray()),
                    PostgresDatabase.Value(piece.ConvertAll(record => record.State).ToArray()),
                    PostgresDatabase.Value(piece.ConvertAll(record => record.Payload.ToArray()).ToArray())).ConfigureAwait(false);
            }

            async Task<int> RunAsync(string text, params NpgsqlParameter[] parameters)
            {
                var command = new NpgsqlCommand(text, connection);
                await using (command.ConfigureAwait(false))
                {
                    command.Parameters.AddRange(parameters);
                    return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        },
        cancellationToken);

    private static IEnumerable<List<StateRecord>> Pieces(IReadOnlyList<StateRecord> records)
    {
        for (var from = 0; from < records.Count;)
        {
            var piece = new List<StateRecord>();
            for (long bytes = 0; from < records.Count && bytes < MaxStatementBytes; from++)
            {
                piece.Add(records[from]);
                bytes += RecordBytes + records[from].Payload.Length;
            }

            yield return piece;
        }
    }
}
