using Reflex.Events;
using Reflex.Storage.Postgres.Database;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>The log of one partition in PostgreSQL, as its owner holds it. SCHEMA.md describes the tables.</summary>
internal sealed class PostgresLog : IEventLog
{
    private readonly LogContext _context;
    private readonly PartitionId _partition;
    private readonly LogTrimmer _trimmer;
    private readonly Lock _lock = new();
    private readonly long _key;
    private LogBounds _bounds;
    private bool _mayImport;
    private Task _running = Task.CompletedTask;
    private volatile LogFailedException? _failure;
    private volatile bool _isClosed;

    public PostgresLog(LogContext context, PartitionId partition, LogRow row)
    {
        _context = context;
        _partition = partition;
        _key = row.Key;
        _bounds = row.Bounds;
        _mayImport = row.MayImport;
        _trimmer = new LogTrimmer(context, partition, row);
        Epoch = row.Epoch;
    }

    public long Epoch { get; }

    public LogBounds Bounds
    {
        get
        {
            lock (_lock)
            {
                return _bounds;
            }
        }
    }

    public LogFailedException? Failure => _failure;

    public ValueTask AppendAsync(IReadOnlyList<EventBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ThrowIfFailed();
        Validate(batches, (batch, before) => batch.Epoch == Epoch && batch.PreviousEpoch == before);
        return new ValueTask(Run(() => WriteAsync(batches)));
    }

    public ValueTask ImportAsync(IReadOnlyList<EventBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ThrowIfFailed();
        if (!_mayImport)
        {
            throw HasOwnEvents(_partition, Bounds.Head);
        }

        Validate(
            batches,
            (batch, before) => batch.Epoch < Epoch && batch.Epoch >= before && (batch.PreviousEpoch ?? before) == before);
        return new ValueTask(Run(() => WriteAsync(batches)));
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _context.Pages.ReadAsync(_partition, _key, () => Bounds, after, maxBytes, cancellationToken);
    }

    public async ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        var head = Bounds.Head;
        var found = await _context.Owners.AskAsync(_partition, _key).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (found?.Epoch > Epoch)
        {
            throw new LogFencedException(_partition, Epoch, found.Epoch);
        }

        if (found?.Epoch != Epoch || found.Head < head.Value)
        {
            throw _failure ??= PostgresErrors.Changed(_partition, _context.Database.Place);
        }
    }

    public async ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        ThrowIfFailed();
        var mayGoOn = false;
        await Run(async () => mayGoOn = await TrimPieceAsync(retention, now, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
        return mayGoOn;
    }

    /// <summary>Waits for what runs; there is nothing to tidy up.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public static StorageRefusedException HasOwnEvents(PartitionId partition, EventId head) => new(
        $"The log of {partition} has had events that were not imported, up to {head}, and another log's events can't come after them: "
        + "import into a partition that never had an event.");

    private async Task WriteAsync(IReadOnlyList<EventBatch> batches)
    {
        LogAppend append;
        var bytes = batches.Sum(batch => (long)batch.Bytes.Length);
        await _context.Room.EnterAsync(bytes).ConfigureAwait(false);
        try
        {
            append = new LogAppend(_partition, _key, Epoch, Bounds, batches);
            await _context.Writer.AppendAsync(append).ConfigureAwait(false);
        }
        catch (LogFailedException error) when (PostgresErrors.EndsLog(error))
        {
            _failure = error;
            throw;
        }
        finally
        {
            _context.Room.Leave(bytes);
        }

        _mayImport &= !append.IsOwn;
        lock (_lock)
        {
            _bounds = _bounds with
            {
                Head = append.Last.LastId,
                Bytes = _bounds.Bytes + append.Bytes,
                HeadEpoch = append.Last.Epoch,
                HeadAppendedAt = append.Last.AppendedAt,
            };
        }
    }

    private async Task<bool> TrimPieceAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (await _trimmer.TrimAsync(Bounds, retention, now, cancellationToken).ConfigureAwait(false) is not { } trimmed)
            {
                return false;
            }

            lock (_lock)
            {
                _bounds = _bounds with { Oldest = trimmed.Oldest, Bytes = _bounds.Bytes - trimmed.Bytes };
            }

            return true;
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw PostgresErrors.ToLogFailure(_partition, _context.Database.Place, error);
        }
        catch (LogFailedException error) when (PostgresErrors.EndsLog(error))
        {
            // What is left of the log is unknown.
            _failure = error;
            throw;
        }
    }

    /// <summary>Runs the one piece of work that a log does at a time.</summary>
    private Task Run(Func<Task> action)
    {
        ThrowIfClosed();
        if (!_running.IsCompleted)
        {
            throw new InvalidOperationException(
                $"Another append or trim of {_partition} runs: the log's owner calls one after the other.");
        }

        return _running = action();
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, this);

    private void ThrowIfFailed()
    {
        switch (_failure)
        {
            case null:
                return;
            case LogFencedException fenced:
                throw new LogFencedException(_partition, fenced.Epoch, fenced.FoundEpoch);
            case { } failure:
                throw new LogFailedException(_partition, "a write before this one failed; nothing of this one was written.", failure);
        }
    }

    private void Validate(IReadOnlyList<EventBatch> batches, Func<EventBatch, long, bool> hasEpoch)
    {
        var (next, epoch) = (Bounds.Head.Next, Bounds.HeadEpoch);
        foreach (var batch in batches)
        {
            if (!batch.IsSealed || batch.IsPicked || batch.BaseId != next || batch.DurableId >= batch.BaseId || !hasEpoch(batch, epoch))
            {
                throw new ArgumentException(
                    $"A batch for {_partition} has base id {batch.BaseId}, epoch {batch.Epoch} and previous epoch {batch.PreviousEpoch}; "
                    + $"it is not sealed to follow {next.Value - 1} of epoch {epoch} under the owner with epoch {Epoch}.",
                    nameof(batches));
            }

            (next, epoch) = (batch.LastId.Next, batch.Epoch);
        }

        if (batches.Count == 0 || batches[^1].MoreFollows)
        {
            throw new ArgumentException($"An append to {_partition} has no batches, or lacks its last one.", nameof(batches));
        }
    }
}
