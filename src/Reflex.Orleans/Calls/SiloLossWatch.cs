using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Reflex.Orleans.Calls;

/// <summary>Tells <see cref="CallLosses"/> of silos that are gone.</summary>
/// <remarks>A silo that hasn't heard of it yet still forwards calls there: they are asked again when every silo has.</remarks>
internal sealed class SiloLossWatch(
    CallLosses losses,
    IClusterMembershipService membership,
    IOptions<ClusterMembershipOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan TableRead = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private Task _watching = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        lifecycle.Subscribe(nameof(SiloLossWatch), ServiceLifecycleStage.RuntimeGrainServices, BeginAsync, EndAsync);
    }

    public void Dispose() => _ending.Dispose();

    private Task BeginAsync(CancellationToken cancellationToken)
    {
        _watching = WatchAsync(_ending.Token);
        return Task.CompletedTask;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        await _watching;
    }

    private async Task WatchAsync(CancellationToken ended)
    {
        try
        {
            var before = membership.CurrentSnapshot;
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(ended))
            {
                if (snapshot.CreateUpdate(before).Changes.Any(change => change.Status == SiloStatus.Dead))
                {
                    losses.Note();
                    _ = NoteLaterAsync(ended);
                }

                before = snapshot;
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task NoteLaterAsync(CancellationToken ended)
    {
        var delay = Task.Delay(options.Value.TableRefreshTimeout + TableRead, timeProvider, ended);
        await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCancellationRequested)
        {
            losses.Note();
        }
    }
}
