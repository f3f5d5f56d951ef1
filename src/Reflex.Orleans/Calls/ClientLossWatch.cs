using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Retries;

namespace Reflex.Orleans.Calls;

/// <summary>Tells <see cref="CallLosses"/> of an outside client what a silo of the cluster hears.</summary>
/// <remarks>
/// The client itself hears of the silos that it is connected to. What those forward to others, or wait for from them, can be lost too.
/// </remarks>
internal sealed partial class ClientLossWatch(
    CallLosses losses,
    IGrainFactory grains,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<ClientLossWatch> logger)
    : ILifecycleParticipant<IClusterClientLifecycle>, IDisposable
{
    // Of a client whose cluster is away, or too old to have the grain, or whose silo stops.
    private static readonly Backoff Pauses = new() { Initial = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(30) };

    private readonly CancellationTokenSource _ending = new();
    private Task _watching = Task.CompletedTask;

    public void Participate(IClusterClientLifecycle lifecycle)
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        lifecycle.Subscribe(nameof(ClientLossWatch), ServiceLifecycleStage.Active, BeginAsync, EndAsync);
    }

    /// <remarks>Not every host is stopped before it is disposed of.</remarks>
    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private Task BeginAsync(CancellationToken cancellationToken)
    {
        _watching = WatchAsync(_ending.Token);
        return Task.CompletedTask;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    private async Task WatchAsync(CancellationToken ended)
    {
        WaitForLossResponse? known = null;
        var retry = new Retry(new RetryPolicy { Backoff = Pauses });
        while (!ended.IsCancellationRequested)
        {
            var asked = timeProvider.GetTimestamp();
            var told = await AskAsync(known, ended).ConfigureAwait(false);
            if (told is not null && (told != known || timeProvider.GetElapsedTime(asked) > RepeatedCalls.ClientWait / 2))
            {
                // Another silo tells when the one before is gone.
                if (known is not null && told != known)
                {
                    losses.Note();
                }

                known = told;
                retry.OnProgress();
                continue;
            }

            var pause = Task.Delay(retry.OnFailure(), timeProvider, ended);
            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What a silo has heard; null when none answers. Calls are then waited for as long as without its word.</summary>
    private async Task<WaitForLossResponse?> AskAsync(WaitForLossResponse? known, CancellationToken ended)
    {
        try
        {
            var request = new WaitForLossRequest(known?.Source ?? Guid.Empty, known?.Count ?? 0, RepeatedCalls.ClientWait);
            var call = grains.GetGrain<ILossGrain>(losses.Source).WaitAsync(request, ended);
            return await call.WaitAsync(RepeatedCalls.ClientTimeout, timeProvider, ended).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (!ended.IsCancellationRequested)
            {
                LogNotTold(logger, error);
            }

            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "No silo tells of lost calls; it is asked again a little later.")]
    private static partial void LogNotTold(ILogger logger, Exception error);
}
