using Microsoft.Extensions.Primitives;

namespace Reflex.Silo.Reloading;

/// <summary>
/// Looks at the files of settings whenever one changes, while the silo runs, and now and then where there are certificates in files.
/// </summary>
internal sealed class SettingsWatch(
    SettingsLayers layers,
    EndpointSettings endpoints,
    SettingsReload reload,
    IHostApplicationLifetime lifetime,
    TimeProvider timeProvider) : BackgroundService
{
    // Nothing tells of a link far up that leads elsewhere.
    private static readonly TimeSpan CertificateInterval = TimeSpan.FromSeconds(5);

    // What is being written, or is moved away to be replaced, is whole a moment later.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _changed = new(0);

    public override void Dispose()
    {
        base.Dispose();
        _changed.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);
        var watched = layers.Files.Where(file => file.IsWatched)
            .Select(file => ChangeToken.OnChange(file.Watch, () => _changed.Release()))
            .ToList();
        try
        {
            // The first look is for what has changed since the files were read.
            while (watched.Count > 0 || endpoints.HasCertificateFiles)
            {
                await reload.LookAsync(stoppingToken);
                if (!await WaitAsync(stoppingToken))
                {
                    continue;
                }

                await Task.Delay(Settling, timeProvider, stoppingToken);
                while (_changed.Wait(0, stoppingToken))
                {
                    // One look is for all that has changed until then.
                }
            }
        }
        finally
        {
            watched.ForEach(watch => watch.Dispose());
        }
    }

    /// <summary>Waits for a change; false when it is time to look without one.</summary>
    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (!endpoints.HasCertificateFiles)
        {
            await _changed.WaitAsync(cancellationToken);
            return true;
        }

        return await _changed.WaitAsync(CertificateInterval, cancellationToken);
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }
}
