using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;
using Reflex.Cursors;
using Reflex.Diagnostics;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Quotas;
using Reflex.Orleans.Serialization;
using Reflex.Orleans.Spread;
using Reflex.Storage;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Partitions;

/// <summary>
/// The owner of one partition's log while this activation lives. Safety doesn't rest on there being one activation: opening the
/// log took an epoch, and the log refuses an older owner's appends. A log that has failed is opened again, which looks what is
/// there; when another owner has replaced this one, the activation ends and the next call goes to that one.
/// </summary>
/// <remarks>Orleans' default placement prefers the caller's silo: all partitions would be where they are looked at first.</remarks>
[GrainType(SpreadDirector.PartitionType), Reentrant, KeepAlive, Immovable, RandomPlacement]
internal sealed partial class PartitionGrain(
    IEventLogProvider provider,
    StreamDirectory streams,
    PublishedForms forms,
    RepeatedCalls calls,
    SiloDrain drain,
    LocalGrains localGrains,
    FailedPartitions failed,
    IStoredCursors cursors,
    IOptions<PartitionLogOptions> logOptions,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    RetentionClock retentionClock,
    StreamQuotas quotas,
    PartitionInstruments instruments,
    ILogger<PartitionGrain> logger) : Grain, IPartitionGrain, IWaitingGrain
{
    // Of a storage that stays away, one opening a second costs little and is soon enough when it is back.
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(1);

    // So much of a trim may go by a retention that somebody has just changed.
    private static readonly TimeSpan RetentionTrust = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _leaving = new();
    private MovableGrain? _movable;
    private Task<PartitionLog> _opening =
        Task.FromException<PartitionLog>(new InvalidOperationException("The partition isn't active yet."));
    private long _openedAt;
    private Retention _retention = Retention.Forever;
    private long _retentionAt;
    private int _partitions;
    private EventId _headAtMaintenance;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Not awaited: a failure to open must reach the callers as what it is, not as a failed activation.
        BeginOpening(closing: null);
        this.RegisterGrainTimer(MaintainAsync, new GrainTimerCreationOptions
        {
            DueTime = options.Value.MaintenanceInterval,
            Period = options.Value.MaintenanceInterval,
            Interleave = true,
        });
        this.RegisterGrainTimer(CheckOwnerAsync, new GrainTimerCreationOptions
        {
            DueTime = UntilTheNext(logOptions.Value.OwnerCheckInterval),
            Period = logOptions.Value.OwnerCheckInterval,
            Interleave = true,
        });
        _movable = new MovableGrain(GrainContext, MovableKind.Partition, PartitionId.Parse(this.GetPrimaryKeyString()));
        localGrains.Add(_movable);
        return Task.CompletedTask;
    }

    /// <summary>All partitions of a silo ask at the same moments, so that a storage can answer many at once.</summary>
    private TimeSpan UntilTheNext(TimeSpan interval) => interval - TimeSpan.FromTicks(timeProvider.GetUtcNow().Ticks % interval.Ticks);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_movable is not null)
        {
            localGrains.Remove(_movable);
        }

        var closing = Task.WhenAll(_opening, _deleting ?? Task.CompletedTask);
        await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        failed.Remove(PartitionId.Parse(this.GetPrimaryKeyString()));
        if (_opening.IsCompletedSuccessfully)
        {
            var log = await _opening;
            await log.DisposeAsync();
            LogClosed(logger, log.Partition, log.Bounds.Head);
        }
    }

    void IWaitingGrain.EndWaits() => _leaving.CancelAsync().Ignore();

    public async Task<AppendResponse> AppendAsync(AppendRequest request)
    {
        var log = await GetLogAsync();
        if (request.Partitions != _partitions)
        {
            await RequirePartitionsAsync(log, request.Partitions);
        }

        if (Array.Exists(request.Batches.Items, batch => EventBatch.PeekHasKeys(batch.Span)))
        {
            forms.RequireKeys(log.Partition);
        }

        return new AppendResponse((await log.AppendAsync(request.Batches.Items)).Value);
    }

    public async Task<PageResponse> ReadAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var log = await GetLogAsync();
        if (request.Partitions != _partitions)
        {
            await RequirePartitionsAsync(log, request.Partitions);
        }

        var after = Places.Of(request.After, request.Epoch);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Stopping, _leaving.Token);
        try
        {
            return ResponseTo(request, await ReadAsync(log, request, after, request.Wait, ending.Token));
        }
        catch (OperationCanceledException) when (drain.Stopping.IsCancellationRequested)
        {
            throw new LogFailedException(log.Partition, "its silo is stopping; ask again.");
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The partition goes to another silo: one that waits is answered at once, and its reader asks there.
            return ResponseTo(request, await ReadAsync(log, request, after, TimeSpan.Zero, cancellationToken));
        }
        catch (LogCorruptedException error)
        {
            NoteDamage(log.Partition, error);
            throw;
        }
    }

    public async Task<PositionResponse> GetPositionAsync(GetPositionRequest request)
    {
        var log = await GetLogAsync();

        // Before the rest, which asks whether this was the owner still.
        var bounds = log.Bounds;
        try
        {
            EventId? after = request.After is { } id ? new EventId(id) : null;
            return PositionResponse.Of(bounds, await log.FindAsync(after, CancellationToken.None));
        }
        catch (LogCorruptedException error)
        {
            NoteDamage(log.Partition, error);
            throw;
        }
    }

    private static Task<LogPage> ReadAsync(
        PartitionLog log, ReadRequest request, CursorPlace? after, TimeSpan wait, CancellationToken cancellationToken) =>
        request.Filter is { } filter
            ? log.ReadPickedAsync(after, filter, request.MaxBytes, wait, cancellationToken)
            : log.ReadAsync(after, request.MaxBytes, wait, cancellationToken);

    private static PageResponse ResponseTo(ReadRequest request, LogPage page) =>
        PageResponse.Of(request.Form >= BatchForm.KeysAndPicked ? page : page.WithoutKeys());

    /// <summary>Where the count is another, an entity's events are in another partition than the caller takes them for.</summary>
    /// <remarks>
    /// What this owner remembers may be as old as what the caller does: a replaced one finds that out first, and ends, and the owner asks
    /// the catalog.
    /// </remarks>
    private async ValueTask RequirePartitionsAsync(PartitionLog log, int known)
    {
        if (known == 0)
        {
            return;
        }

        await log.GetBoundsAsync(CancellationToken.None);
        var definition = await streams.AskAsync(log.Partition.Stream, CancellationToken.None);
        _partitions = definition.Partitions;
        if (known != _partitions)
        {
            throw new StreamReplacedException(log.Partition.Stream, known, _partitions);
        }
    }

    /// <summary>The log is open, and a part of it can't be read; the first reader that comes there finds out.</summary>
    private void NoteDamage(PartitionId partition, LogCorruptedException error)
    {
        if (failed.Add(partition, error))
        {
            LogDamaged(logger, partition, error);
        }
    }

    /// <summary>Tries repeat: what is known already isn't worth another error of the log.</summary>
    private void NoteOpenFailed(Exception error)
    {
        var key = this.GetPrimaryKeyString();
        if (error is not (StreamNotFoundException or PartitionNotFoundException) && failed.Add(PartitionId.Parse(key), error))
        {
            LogOpenFailed(logger, key, error);
        }
        else
        {
            LogStillNotOpen(logger, key, error.Message);
        }

        if (StreamDirectory.IsGone(error))
        {
            // Whoever invents names, or remembers one that was deleted, leaves nothing behind.
            DeactivateOnIdle();
        }
    }

    /// <summary>Sends the waiting readers away as soon as the log has failed, and opens it anew or makes way for its new owner.</summary>
    private async Task ReplaceOnFailureAsync(PartitionLog log)
    {
        var failure = await log.Failed;
        LogFailed(logger, log.Partition, failure);
        if (failure is LogFencedException)
        {
            await log.DisposeAsync();
            DeactivateOnIdle();
        }
        else if (!IsDeleting)
        {
            BeginOpening(closing: log);
        }
    }

    /// <summary>Readers that only wait would never find out that this isn't the owner any more.</summary>
    private async Task CheckOwnerAsync(CancellationToken cancellationToken)
    {
        if (!_opening.IsCompletedSuccessfully)
        {
            return;
        }

        var log = await _opening;
        try
        {
            await log.CheckOwnerAsync(cancellationToken);
        }
        catch (LogFencedException)
        {
            // The log's failure says so, and ends this owner.
        }
        catch (LogFailedException error)
        {
            LogOwnerUnknown(logger, log.Partition, error.Message);
        }
    }

    private async Task MaintainAsync(CancellationToken cancellationToken)
    {
        // Of a partition that nobody asks for, this is what notices that its storage is back.
        Task<PartitionLog> opening = GetLogAsync();
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!opening.IsCompletedSuccessfully)
        {
            return;
        }

        var log = await opening;
        if (log.Bounds.Head == _headAtMaintenance)
        {
            log.ForgetRecent();
        }

        _headAtMaintenance = log.Bounds.Head;
        try
        {
            // A timer's call as well keeps the grain from going.
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Stopping, _leaving.Token);
            await log.TrimAsync(() => FindRetentionAsync(log.Partition.Stream), retentionClock, ending.Token);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested || drain.Stopping.IsCancellationRequested)
        {
            // The next owner goes on.
        }
        catch (LogFailedException error)
        {
            LogTrimFailed(logger, log.Partition, error);
        }
    }

    /// <summary>
    /// Looks up the retention, which somebody may have changed, also in the middle of a long trim. What can't be looked up now is trimmed
    /// later: nothing goes by a retention that isn't so any more.
    /// </summary>
    private async ValueTask<Retention?> FindRetentionAsync(StreamName stream)
    {
        if (_retention != Retention.Forever && timeProvider.GetElapsedTime(_retentionAt) < RetentionTrust)
        {
            return _retention;
        }

        try
        {
            var began = timeProvider.GetTimestamp();
            _retention = (await streams.GetFreshAsync(stream, CancellationToken.None)).Retention;
            if (_retention != Retention.Forever)
            {
                // Another silo may have changed it since.
                _retention = (await streams.AskAsync(stream, CancellationToken.None)).Retention;
                _retentionAt = began;
            }

            return _retention == Retention.Forever ? null : _retention;
        }
        catch (ReflexException error)
        {
            LogRetentionUnknown(logger, stream, error);
            return null;
        }
    }
}
