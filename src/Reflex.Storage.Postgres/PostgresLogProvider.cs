using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Logs;
using Reflex.Storage.Postgres.Membership;
using Reflex.Storage.Postgres.Schema;
using Reflex.Storage.Postgres.State;
using Reflex.Streams;

namespace Reflex.Storage.Postgres;

/// <summary>Logs in PostgreSQL, for any number of silos.</summary>
/// <param name="database">Where they are.</param>
/// <param name="options">How it is used.</param>
/// <param name="use">Refuses a schema of others; null outside a silo.</param>
internal sealed class PostgresLogProvider(
    PostgresDatabase database, IOptions<PostgresOptions> options, SchemaUse? use = null) : IEventLogProvider, IDisposable
{
    private readonly LogContext _context = new(database, options.Value);

    public string Name => "PostgreSQL";

    public bool ServesClusters => true;

    public Durability Durability => Durability.Flushed;

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await PostgresSchema.PrepareAsync(database, cancellationToken).ConfigureAwait(false);
        await CopyMark.RequireNoneAsync(database, cancellationToken).ConfigureAwait(false);
        if (use is not null)
        {
            await use.BeginAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        var row = await _context.Opener.OpenAsync(partition).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new PostgresLog(_context, partition, row);
    }

    public async ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        start.ThrowIfImpossible(nameof(start));
        cancellationToken.ThrowIfCancellationRequested();
        if (await FindAsync(partition, cancellationToken).ConfigureAwait(false) is var (key, _, _))
        {
            // What was imported and trimmed before, since a beginning further back would make it count again.
            await AskAsync(partition, () => _context.Sweeper.SweepAsync(key, CancellationToken.None)).ConfigureAwait(false);
        }

        var rows = await AskAsync(partition, () => database.ChangeAsync(
            _context.Statements.Begin,
            LogRow.Read,
            CancellationToken.None,
            PostgresDatabase.Value(partition.Stream.Value),
            PostgresDatabase.Value(partition.Index),
            PostgresDatabase.Value(Epochs.Next(start.GreatestEpoch)),
            PostgresDatabase.Value(start.GreatestEpoch),
            PostgresDatabase.Value(start.After.Value),
            PostgresDatabase.Value(start.Epoch),
            PostgresDatabase.Value(Ticks.Of(start.AppendedAt)),
            PostgresDatabase.Value(DrawBits()))).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            var reader = await OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false);
            throw PostgresLog.HasOwnEvents(partition, reader?.Bounds.Head ?? default);
        }
    }

    public async ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        var rows = await AskAsync(partition, () => _context.Pages.InTurnAsync(
            () => database.QueryAsync(
                _context.Statements.Look,
                LogRow.Read,
                cancellationToken,
                PostgresDatabase.Value(partition.Stream.Value),
                PostgresDatabase.Value(partition.Index)),
            cancellationToken)).ConfigureAwait(false);
        return rows is [var row] ? new PostgresLogReader(_context, partition, row) : null;
    }

    public async ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        return await FindAsync(partition, cancellationToken).ConfigureAwait(false) is var (_, epoch, _) ? epoch : 0;
    }

    public async ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken)
    {
        RequireStream(partition);
        cancellationToken.ThrowIfCancellationRequested();
        var deleted = await AskAsync(partition, () => database.ChangeAsync(
            _context.Statements.Delete,
            reader => reader.GetInt64(0),
            CancellationToken.None,
            PostgresDatabase.Value(partition.Stream.Value),
            PostgresDatabase.Value(partition.Index),
            PostgresDatabase.Value(epoch),
            PostgresDatabase.Value(DrawBits()))).ConfigureAwait(false);
        if (await FindAsync(partition, CancellationToken.None).ConfigureAwait(false) is not var (key, found, isDeleted))
        {
            return;
        }

        if (deleted.Count == 0 && !isDeleted)
        {
            throw new LogFencedException(partition, epoch, found);
        }

        // Also of one that was deleted already: its deletion may not have come so far.
        await AskAsync(partition, () => _context.Sweeper.SweepAsync(key, CancellationToken.None)).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken) =>
        await ListAsync(
            _context.Statements.List,
            reader => new PartitionId(StreamName.Parse(reader.GetString(0)), reader.GetInt32(1)),
            cancellationToken,
            PostgresDatabase.Value(stream?.Value!)).ConfigureAwait(false);

    public async ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken) =>
        await ListAsync(_context.Statements.ListDeleted, reader => LogRow.Read(reader).ToDeleted(), cancellationToken)
            .ConfigureAwait(false);

    public void Dispose() => _context.Dispose();

    private async Task<List<T>> ListAsync<T>(
        string statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        try
        {
            return await database.QueryAsync(statement, read, cancellationToken, parameters).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error) && error is not IOException)
        {
            throw new IOException($"The logs in {database.Place} can't be listed: {PostgresErrors.Tell(error)}", error);
        }
    }

    private static long DrawBits()
    {
        Span<byte> random = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(random);
        return BitConverter.ToUInt32(random);
    }

    private static void RequireStream(PartitionId partition)
    {
        if (partition.Stream.IsDefault)
        {
            throw new ArgumentException("The partition has no stream.", nameof(partition));
        }
    }

    /// <summary>A log's key and epoch, and whether it is deleted; null where there never was one.</summary>
    private async Task<(long Key, long Epoch, bool IsDeleted)?> FindAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var rows = await AskAsync(partition, () => database.QueryAsync(
            _context.Statements.Epoch,
            reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)),
            cancellationToken,
            PostgresDatabase.Value(partition.Stream.Value),
            PostgresDatabase.Value(partition.Index))).ConfigureAwait(false);
        return rows is [var row] ? row : null;
    }

    private async Task<T> AskAsync<T>(PartitionId partition, Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            throw PostgresErrors.ToLogFailure(partition, database.Place, error);
        }
    }
}
