using System.Buffers;
using Npgsql;
using Reflex.Events;
using Reflex.Storage.Postgres.Database;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Reads pages of logs, a few at a time, from any silo. Thread-safe.</summary>
/// <remarks>
/// A reader of old events asks for one page after the other. From its second one on the next is read while it has this one, so that neither
/// it waits for PostgreSQL nor PostgreSQL for it; but not after a batch that is larger than a page, nor after a look at one batch.
/// </remarks>
internal sealed class LogPages(PostgresDatabase database, LogStatements statements, int maxReads) : IDisposable
{
    // Rows are looked at before they are chosen; so many at most for one page.
    private const int MaxRows = 4096;
    private const int SmallRow = 512;

    // For each read at PostgreSQL some whose readers are at the page before: a MiB at the defaults.
    private const int AheadOfEach = 4;

    private readonly SemaphoreSlim _turns = new(maxReads);
    private readonly PagesAhead _ahead = new(maxReads * AheadOfEach, TimeProvider.System);

    /// <summary>Reads a page of a log.</summary>
    /// <param name="partition">The log's partition.</param>
    /// <param name="key">Its row.</param>
    /// <param name="bounds">What it held when the caller looked last.</param>
    /// <param name="after">The event before the first one wanted.</param>
    /// <param name="maxBytes">About how much.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>Whole batches that were verified.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(
        PartitionId partition, long key, Func<LogBounds> bounds, EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        var known = ThrowIfOutside(partition, bounds(), after);
        var start = new PageStart(key, after, maxBytes);
        try
        {
            var isExpected = _ahead.TryFind(start, out var ahead);
            var page = ahead is null ? null : await ahead.WaitAsync(cancellationToken).ConfigureAwait(false);
            page ??= await InTurnAsync(() => ReadPageAsync(start, known, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (page is null)
            {
                // The caller's own trim may have removed it between the look and the read.
                ThrowIfOutside(partition, bounds(), after);
                throw await MissingAsync(partition, key, known, after, cancellationToken).ConfigureAwait(false);
            }

            if (page.Bytes.Length <= maxBytes)
            {
                Expect(start with { After = page.Last }, mayReadAhead: isExpected && HasAsMuchAgain(start, page, known), known);
            }

            return page.Bytes;
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw PostgresErrors.ToLogFailure(partition, database.Place, error);
        }
    }

    /// <summary>Asks something of as little hurry as a page in its turn, so that many readers leave connections to the writers.</summary>
    /// <param name="ask">Asks, when its turn has come.</param>
    /// <param name="cancellationToken">Ends the wait for the turn.</param>
    public async Task<T> InTurnAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ask().ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private static LogBounds ThrowIfOutside(PartitionId partition, LogBounds known, EventId after) =>
        after.Value >= known.Oldest.Value - 1 && after < known.Head
            ? known
            : throw new ArgumentOutOfRangeException(
                nameof(after),
                after,
                $"The log of {partition} holds events {known.Oldest} to {known.Head}: nothing comes after {after} in it.");

    private static bool HasAsMuchAgain(PageStart start, StoredPage page, LogBounds known) =>
        known.Head.Value - page.Last.Value >= page.Last.Value - start.After.Value;

    /// <summary>
    /// Expects a reader, for whom its page is read already if that is worth it and nobody else waits for a turn. Another reader at the same
    /// place may have had it read.
    /// </summary>
    private void Expect(PageStart next, bool mayReadAhead, LogBounds known)
    {
        _ahead.TryFind(next, out var page);
        if (page is null)
        {
            _ahead.Add(next, mayReadAhead && _turns.Wait(TimeSpan.Zero) ? ReadAheadAsync(next, known) : null);
        }
    }

    /// <summary>Reads a page in a turn that was taken for it; null where that fails: whoever asks for it is told what is wrong.</summary>
    private async Task<StoredPage?> ReadAheadAsync(PageStart start, LogBounds known)
    {
        try
        {
            try
            {
                return await ReadPageAsync(start, known, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (Exception)
        {
            // Also of turns that have ended, with their silo.
            return null;
        }
    }

    /// <summary>Reads a page; null where the next event isn't there, or is damaged.</summary>
    private async Task<StoredPage?> ReadPageAsync(PageStart start, LogBounds known, CancellationToken cancellationToken)
    {
        var rows = await ReadRowsAsync(start.Key, known, start.After, start.MaxBytes, cancellationToken).ConfigureAwait(false);
        return Choose(rows, start.After, start.MaxBytes);
    }

    private async Task<ReadOnlyMemory<byte>> ReadRowsAsync(
        long key, LogBounds known, EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = new NpgsqlCommand(statements.Read, connection);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(PostgresDatabase.Value(key));
                command.Parameters.Add(PostgresDatabase.Value(after.Value));
                command.Parameters.Add(PostgresDatabase.Value(known.Head.Value));
                command.Parameters.Add(PostgresDatabase.Value(Math.Clamp(maxBytes / SmallRow, 1, MaxRows)));
                command.Parameters.Add(PostgresDatabase.Value((long)maxBytes));
                var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellationToken)
                    .ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await ReadRowsAsync(reader, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadRowsAsync(
        NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var page = new ArrayBufferWriter<byte>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var length = reader.GetInt32(0);
            var bytes = await reader.GetStreamAsync(1, cancellationToken).ConfigureAwait(false);
            await using (bytes.ConfigureAwait(false))
            {
                await bytes.ReadExactlyAsync(page.GetMemory(length)[..length], cancellationToken).ConfigureAwait(false);
            }

            page.Advance(length);
        }

        return page.WrittenMemory;
    }

    /// <summary>The batches from the one that holds the next event on; null where that isn't there, or is damaged.</summary>
    private static StoredPage? Choose(ReadOnlyMemory<byte> rows, EventId after, int maxBytes)
    {
        var next = after.Next;
        var (from, to) = (-1, 0);
        while (to < rows.Length && EventBatch.TryReadSealed(rows[to..], out var batch))
        {
            var size = batch.Bytes.Length;
            if (from < 0 && batch.LastId < next)
            {
                to += size;
                continue;
            }

            if (from < 0 ? batch.BaseId > next : batch.BaseId != next || to + size - from > maxBytes)
            {
                break;
            }

            from = from < 0 ? to : from;
            to += size;
            next = batch.LastId.Next;
        }

        return from < 0 ? null : new StoredPage(rows[from..to], new EventId(next.Value - 1));
    }

    /// <summary>Why an event isn't there that was there when somebody looked.</summary>
    private async Task<Exception> MissingAsync(
        PartitionId partition, long key, LogBounds known, EventId after, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            statements.LookAgain, LogRow.Read, cancellationToken, PostgresDatabase.Value(key)).ConfigureAwait(false);
        if (rows is not [var row] || row.Head < known.Head.Value)
        {
            return PostgresErrors.Changed(partition, database.Place);
        }

        return row.Oldest <= after.Value + 1
            ? new LogCorruptedException(
                $"The log of {partition} in {database.Place} should hold event {after.Next}, and has no whole batch with it: "
                + "it was damaged or removed by somebody; restore a backup, or set the cursors after it.")
            : new LogFailedException(partition, $"event {after.Next} was removed meanwhile; ask again.");
    }
}
