using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.Consumers;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Upkeep;

/// <summary>
/// Keeps consumers running: on each silo it looks after those whose grains fall into the silo's range of the ring, whichever silos can
/// run them. It calls each of them at an interval, and the missing ones as soon as a silo has come or gone; the grain does the rest.
/// </summary>
/// <remarks>
/// A call to a silo that doesn't answer, and isn't known to be dead yet, takes its time. So the calls to each silo wait only for one
/// another, and a look at all consumers doesn't wait for the one before.
/// </remarks>
[GrainType("reflex.consumer-service")]
internal sealed partial class ConsumerService(
    GrainId grainId,
    Silo silo,
    ILoggerFactory loggers,
    IGrainFactory grains,
    PublishedConsumers published,
    IClusterMembershipService membership,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider) : GrainService(grainId, silo, loggers), IConsumerService
{
    // To each silo: enough to start thousands of consumers in seconds, few enough to leave the partitions room for others.
    private const int ConcurrentCalls = 64;

    // What a silo that has come can run is known everywhere a moment later than the silo.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettlingInterval = TimeSpan.FromSeconds(2);

    // A silo takes others' activations with it: those that had moved to it, and those that its part of Orleans' directory had, which
    // Orleans ends one after another wherever they are.
    private static readonly TimeSpan[] LooksAfterLoss =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20),
    ];

    private readonly ILogger _logger = loggers.CreateLogger<ConsumerService>();
    private readonly Dictionary<GrainId, WatchedPart> _parts = [];
    private readonly Dictionary<SiloAddress, SemaphoreSlim> _lanes = [];
    private readonly SemaphoreSlim _hanging = new(ConcurrentCalls);
    private readonly HashSet<UnfinishedRemoval> _removing = [];
    private ImmutableHashSet<SiloAddress> _active = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableHashSet<ConsumerId> _waiting = [];
    private long _changedAt;
    private long _lostAt;
    private int _looksAfterLoss = LooksAfterLoss.Length;
    private int _failures;
    private bool _hasFailed;

    public override async Task OnRangeChange(IRingRange oldRange, IRingRange newRange, bool increased)
    {
        await base.OnRangeChange(oldRange, newRange, increased);
        _changed.TrySetResult();
    }

    protected override async Task StartInBackground()
    {
        await base.StartInBackground();
        var stopped = StoppedCancellationTokenSource.Token;
        _changedAt = timeProvider.GetTimestamp();
        WatchMembershipAsync(stopped).Ignore();
        long? lookedAtAll = null;
        while (!stopped.IsCancellationRequested)
        {
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var isDue = lookedAtAll is not { } before || timeProvider.GetElapsedTime(before) >= options.Value.ConsumerCheckInterval
                || IsDueAfterLoss();
            var isKnown = await TryLookAsync(all: isDue, stopped);
            if (isKnown && isDue)
            {
                lookedAtAll = timeProvider.GetTimestamp();
                while (IsDueAfterLoss())
                {
                    _looksAfterLoss++;
                }
            }

            await WaitAsync(isKnown ? PauseSince(lookedAtAll) : FailurePause(), stopped);
        }
    }

    private bool IsDueAfterLoss() =>
        _looksAfterLoss < LooksAfterLoss.Length && timeProvider.GetElapsedTime(_lostAt) >= LooksAfterLoss[_looksAfterLoss];

    /// <summary>How long it is until the next look: at all, or an earlier one at what is missing.</summary>
    private TimeSpan PauseSince(long? lookedAtAll)
    {
        var interval = options.Value.ConsumerCheckInterval;
        var pause = lookedAtAll is { } before ? interval - timeProvider.GetElapsedTime(before) : interval;
        return WhileSettling(_failures > 0 ? Shorter(pause, FailurePause()) : pause);
    }

    private TimeSpan FailurePause() => WhileSettling(options.Value.RetryBackoff.After(Math.Max(_failures, 1), Random.Shared));

    private TimeSpan WhileSettling(TimeSpan pause) =>
        timeProvider.GetElapsedTime(_changedAt) < SettlingTime ? Shorter(pause, SettlingInterval) : pause;

    private async Task WaitAsync(TimeSpan pause, CancellationToken stopped)
    {
        try
        {
            await _changed.Task.WaitAsync(pause > TimeSpan.Zero ? pause : TimeSpan.FromMilliseconds(1), timeProvider, stopped);
        }
        catch (TimeoutException)
        {
            // The time has come.
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The loop ends.
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private async Task WatchMembershipAsync(CancellationToken stopped)
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stopped))
        {
            var active = snapshot.Members.Values
                .Where(member => member.Status == SiloStatus.Active)
                .Select(member => member.SiloAddress)
                .ToImmutableHashSet();
            if (!active.SetEquals(_active))
            {
                foreach (var gone in _lanes.Keys.Except(active).Where(silo => silo != SiloAddress.Zero).ToList())
                {
                    _lanes.Remove(gone);
                }

                _changedAt = timeProvider.GetTimestamp();
                if (!_active.IsSubsetOf(active))
                {
                    (_lostAt, _looksAfterLoss) = (_changedAt, 0);
                }

                _active = active;
                _changed.TrySetResult();
            }
        }
    }

    /// <summary>Looks after all parts, or after those that are missing.</summary>
    /// <returns>Whether it is known what is to run; the calls may be under way still.</returns>
    private async Task<bool> TryLookAsync(bool all, CancellationToken stopped)
    {
        try
        {
            var running = await RunConsumersAsync(stopped);
            Watch(running);
            foreach (var removal in running.Unfinished)
            {
                FinishAsync(removal).Ignore();
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error)
        {
            _failures++;
            LogNotKnown(_logger, error);
            return false;
        }

        // One whose call is under way may be missing still: until it has answered, pauses don't begin small again.
        _hasFailed = false;
        var parts = _parts.Values.ToLookup(IsMissing);
        if (!parts[true].Any())
        {
            _failures = 0;
        }

        foreach (var part in (all ? parts[true].Concat(parts[false]) : parts[true]).Where(part => !part.IsCalled))
        {
            EnsureRunningAsync(part, stopped).Ignore();
        }

        return true;
    }

    private bool IsMissing(WatchedPart part) => part.Silo is not { } where || !_active.Contains(where);

    private async Task<RunConsumersResponse> RunConsumersAsync(CancellationToken stopped)
    {
        var own = published.OfThisSilo.Select(consumer => new ConsumerEntry(
            consumer.Key.Stream.Value, consumer.Key.Name.Value, consumer.Value));
        return await grains.GetGrain<ICatalogGrain>(0).RunConsumersAsync(new RunConsumersRequest([.. own]))
            .AnswerAsync(() => "find out which consumers are to run", stopped);
    }

    /// <summary>Takes the parts in this silo's range, and forgets the others.</summary>
    private void Watch(RunConsumersResponse running)
    {
        var former = _parts.ToDictionary();
        _parts.Clear();
        foreach (var (entry, partitions) in running.Consumers)
        {
            var grainType = GrainType.Create(entry.GrainType);
            for (var partition = 0; partition < partitions; partition++)
            {
                var grain = grains.GetPart(grainType, entry.ToId(), partition);
                var id = grain.GetGrainId();
                if (RingRange.InRange(id))
                {
                    _parts[id] = former.GetValueOrDefault(id) ?? new WatchedPart(entry.ToId(), partition, grain);
                }
            }
        }

        var waiting = running.Waiting.Select(consumer => consumer.ToId()).ToImmutableHashSet();
        foreach (var consumer in waiting.Except(_waiting))
        {
            LogStreamMissing(_logger, consumer);
        }

        _waiting = waiting;
    }

    /// <summary>Goes on with a removal whose silo has ended before it, or that has failed.</summary>
    private async Task FinishAsync(UnfinishedRemoval removal)
    {
        var grain = grains.GetGrain<IRemovalGrain>(removal.Stream);
        if (!RingRange.InRange(grain.GetGrainId()) || !_removing.Add(removal))
        {
            return;
        }

        try
        {
            if (removal.Consumer is { } consumer)
            {
                await grain.RemoveConsumerAsync(new RemoveConsumerRequest(consumer, removal.Id));
            }
            else
            {
                await grain.DeleteStreamAsync(new DeleteStreamRequest(removal.Id));
            }
        }
        catch (Exception error)
        {
            LogNotRemoved(_logger, removal.ToString(), error);
        }
        finally
        {
            _removing.Remove(removal);
        }
    }

    private async Task EnsureRunningAsync(WatchedPart part, CancellationToken stopped)
    {
        part.IsCalled = true;
        var lane = LaneOf(part);
        try
        {
            await lane.WaitAsync(stopped);
            try
            {
                part.Silo = (await part.Grain.EnsureRunningAsync(EnsureRunningRequest.Instance).WaitAsync(stopped)).Silo;
                part.HasFailed = part.Hangs = false;
            }
            finally
            {
                lane.Release();
            }
        }
        catch (Exception error) when (!stopped.IsCancellationRequested)
        {
            OnFailed(part, error);
        }
        finally
        {
            part.IsCalled = false;
        }
    }

    private SemaphoreSlim LaneOf(WatchedPart part)
    {
        // What is missing since a moment ago doesn't wait for those that hang at a silo.
        if (part.Hangs)
        {
            return _hanging;
        }

        var where = part.Silo is { } known && _active.Contains(known) ? known : SiloAddress.Zero;
        return _lanes.TryGetValue(where, out var lane) ? lane : _lanes[where] = new SemaphoreSlim(ConcurrentCalls);
    }

    private void OnFailed(WatchedPart part, Exception error)
    {
        part.Silo = null;
        if (part.HasFailed)
        {
            LogStillFailing(_logger, part.Consumer, part.Partition, error.Message);
        }
        else
        {
            LogCheckFailed(_logger, part.Consumer, part.Partition, error);
        }

        part.HasFailed = true;
        part.Hangs = error is TimeoutException;
        if (_hasFailed)
        {
            // Of a silo that dies all parts fail together, which is one failure.
            return;
        }

        _hasFailed = true;
        if (_failures++ == 0)
        {
            // The pause before the next look was chosen before.
            _changed.TrySetResult();
        }
    }
}
