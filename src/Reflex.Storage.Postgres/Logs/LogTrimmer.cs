using Reflex.Events;
using Reflex.Storage.Postgres.Database;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>Removes the oldest events of one log. Its owner calls it, one call after another.</summary>
/// <remarks>
/// First the row of the log says that they are gone, which takes as long as an append; then they are removed, which holds up nobody. What a
/// crash leaves between the two is swept by the next owner.
/// </remarks>
internal sealed class LogTrimmer(LogContext context, PartitionId partition, LogRow row)
{
    // A piece: some megabytes of events that were appended many at a time.
    private const int RowsAtOnce = 512;

    // The clocks of its owners differ by less.
    private static readonly long Tolerance = TimeSpan.FromMinutes(1).Ticks;

    private long _timeBefore = row.TrimmedAt;
    private (long Head, long At) _seen = (row.SeenHead, row.SeenAt);
    private bool _mayBeUnswept = true;
    private long? _timeOfOldest;

    /// <summary>Removes a piece.</summary>
    /// <param name="bounds">What the log holds.</param>
    /// <param name="retention">How long events are kept.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the trimming.</param>
    /// <returns>The first event that stays and the bytes that went; null when nothing is left to do.</returns>
    public async Task<(EventId Oldest, long Bytes)?> TrimAsync(
        LogBounds bounds, Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_mayBeUnswept)
        {
            await context.Sweeper.SweepAsync(row.Key, cancellationToken).ConfigureAwait(false);
            _mayBeUnswept = false;
        }

        if (bounds.Oldest > bounds.Head || IsYoung(bounds, retention, Ticks.Of(now)))
        {
            return null;
        }

        var remembered = (_timeBefore, _seen, _mayBeUnswept, _timeOfOldest);
        try
        {
            return await TrimRowsAsync(bounds, retention, Ticks.Of(now), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The row has nothing of what was found out meanwhile.
            (_timeBefore, _seen, _mayBeUnswept, _timeOfOldest) = remembered;
            throw;
        }
    }

    private async Task<(EventId Oldest, long Bytes)?> TrimRowsAsync(
        LogBounds bounds, Retention retention, long now, CancellationToken cancellationToken)
    {
        var rows = await context.Database.QueryAsync(
            context.Statements.OldestRows,
            reader => (Last: reader.GetInt64(0), AppendedAt: reader.GetInt64(1), Bytes: (long)reader.GetInt32(2)),
            cancellationToken,
            PostgresDatabase.Value(row.Key),
            PostgresDatabase.Value(bounds.Oldest.Value - 1),
            PostgresDatabase.Value(RowsAtOnce)).ConfigureAwait(false);
        var (removed, bytes) = (0, 0L);
        var seen = _seen;
        foreach (var next in rows)
        {
            var time = await TimeOfAsync(rows, removed, bounds.Head.Value, now, cancellationToken).ConfigureAwait(false);
            _timeOfOldest = time;
            if (!(now - time > retention.MaxAge?.Ticks)
                && (next.Last == bounds.Head.Value || !(bounds.Bytes - bytes > retention.MaxBytes)))
            {
                break;
            }

            _timeBefore = time;
            bytes += next.Bytes;
            removed++;
        }

        if (removed == 0 && seen == _seen)
        {
            return null;
        }

        var oldest = removed > 0 ? new EventId(rows[removed - 1].Last).Next : bounds.Oldest;
        _mayBeUnswept = removed > 0;
        await MoveOldestAsync(bounds.Oldest, oldest, bytes).ConfigureAwait(false);
        return removed > 0 ? (oldest, bytes) : null;
    }

    /// <summary>Whether it is known without asking that nothing goes, so that idle logs cost nothing.</summary>
    private bool IsYoung(in LogBounds bounds, Retention retention, long now) =>
        !(bounds.Bytes > retention.MaxBytes)
        && (retention.MaxAge is not { } age || (_timeOfOldest is { } time && now - time <= age.Ticks));

    /// <summary>
    /// When a row's events were appended, or a later time: clocks are wrong at times, and a stamp of the future, or before the row before,
    /// says nothing. Then a later row's does, or that of the trim which saw it first.
    /// </summary>
    private async ValueTask<long> TimeOfAsync(
        IReadOnlyList<(long Last, long AppendedAt, long Bytes)> rows, int index, long head, long now, CancellationToken cancellationToken)
    {
        var floor = _timeBefore <= now ? _timeBefore : 0;
        for (var i = index; i < rows.Count; i++)
        {
            if (rows[i].AppendedAt >= floor && rows[i].AppendedAt <= now + Tolerance)
            {
                return rows[i].AppendedAt;
            }
        }

        if (rows[^1].Last < head)
        {
            var later = await context.Database.QueryAsync(
                context.Statements.TimeAfter,
                reader => reader.GetInt64(0),
                cancellationToken,
                PostgresDatabase.Value(row.Key),
                PostgresDatabase.Value(rows[^1].Last),
                PostgresDatabase.Value(floor),
                PostgresDatabase.Value(now + Tolerance)).ConfigureAwait(false);
            if (later is [var time])
            {
                return time;
            }
        }

        if (_seen.Head < rows[index].Last || _seen.At < floor || _seen.At > now)
        {
            _seen = (head, now);
        }

        return _seen.At;
    }

    /// <remarks>It isn't cancelled, since what has become of it would be unknown.</remarks>
    private async Task MoveOldestAsync(EventId before, EventId oldest, long bytes)
    {
        List<long> moved;
        try
        {
            moved = await context.Database.ChangeAsync(
                context.Statements.MoveOldest,
                reader => reader.GetInt64(0),
                CancellationToken.None,
                PostgresDatabase.Value(row.Key),
                PostgresDatabase.Value(row.Epoch),
                PostgresDatabase.Value(oldest.Value),
                PostgresDatabase.Value(bytes),
                PostgresDatabase.Value(_timeBefore),
                PostgresDatabase.Value(_seen.Head),
                PostgresDatabase.Value(_seen.At),
                PostgresDatabase.Value(before.Value)).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error) && !PostgresErrors.IsWithoutEffect(error))
        {
            // Whether they are gone is unknown.
            throw PostgresErrors.ToLogFailure(partition, context.Database.Place, error);
        }

        if (moved.Count == 0)
        {
            var owner = await context.Owners.AskAsync(partition, row.Key).ConfigureAwait(false);
            throw owner is { Epoch: var found } && found > row.Epoch
                ? new LogFencedException(partition, row.Epoch, found)
                : PostgresErrors.Changed(partition, context.Database.Place);
        }
    }
}
