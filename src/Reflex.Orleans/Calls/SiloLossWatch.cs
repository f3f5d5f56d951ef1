using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Reflex.Orleans.Calls;

/// <summary>Tells <see cref="CallLosses"/> of silos that are gone.</summary>
/// <remarks>A silo that hasn't heard of it yet still forwards calls there: they are asked again when every silo has.</remarks>
internal sealed class SiloLossWatch(
    CallLosses losses,
    IClusterMembershipService membership,
    SiloDrain drain,
    IOptions<ClusterMembershipOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan TableRead = TimeSpan.FromSeconds(1);

    private Task _watching = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        lifecycle.Subscribe(nameof(SiloLossWatch), ServiceLifecycleStage.RuntimeGrainServices, BeginAsync, EndAsync);
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
            var before = membership.CurrentSnapshot;
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stopped))
            {
                if (snapshot.CreateUpdate(before).Changes.Any(change => change.Status == SiloStatus.Dead))
                {
                    losses.Note();
                    _ = NoteLaterAsync(stopped);
                }

                before = snapshot;
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task NoteLaterAsync(CancellationToken stopped)
    {
        var delay = Task.Delay(options.Value.TableRefreshTimeout + TableRead, timeProvider, stopped);
        await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        losses.Note();
    }
}
