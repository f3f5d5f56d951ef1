using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Reflex.Orleans.Spread;

/// <summary>Has somebody look how partitions and consumers are spread: at an interval, and when silos have come or gone.</summary>
internal sealed partial class SpreadWatch(
    IGrainFactory grains,
    IClusterMembershipService membership,
    SiloDrain drain,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<SpreadWatch> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private Task _watching = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        lifecycle.Subscribe(nameof(SpreadWatch), ServiceLifecycleStage.Active, BeginAsync, EndAsync);
    }

    private Task BeginAsync(CancellationToken cancellationToken)
    {
        _watching = WatchAsync(drain.Begun);
        return Task.CompletedTask;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await drain.BeginAsync();
        await _watching;
    }

    private async Task WatchAsync(CancellationToken stopped)
    {
        try
        {
            await using var changes = membership.MembershipUpdates.GetAsyncEnumerator(stopped);
            var changed = changes.MoveNextAsync().AsTask();
            while (await WaitAsync(changed, stopped))
            {
                if (changed.IsCompleted)
                {
                    changed = changes.MoveNextAsync().AsTask();
                }

                if (membership.CurrentSnapshot.Members.Values.Count(member => member.Status == SiloStatus.Active) > 1)
                {
                    await TryAskAsync(stopped);
                }
            }

            await ((Task)changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Waits for a change, but no longer than the interval; false when the silo stops.</summary>
    private async Task<bool> WaitAsync(Task changed, CancellationToken stopped)
    {
        await changed.WaitAsync(options.Value.SpreadInterval, timeProvider, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopped.IsCancellationRequested;
    }

    private async Task TryAskAsync(CancellationToken stopped)
    {
        try
        {
            await grains.GetGrain<ISpreadGrain>(0).EvenOutAsync(EvenOutRequest.Instance).WaitAsync(stopped);
        }
        catch (Exception error) when (!stopped.IsCancellationRequested)
        {
            LogNotAsked(logger, error.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Nobody could be asked how partitions and consumers are spread; it is tried again: {Reason}")]
    private static partial void LogNotAsked(ILogger logger, string reason);
}
