using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Spread;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Hosting;

/// <summary>What Reflex does while a silo starts and stops.</summary>
internal sealed partial class ReflexLifecycle(
    IServiceProvider services,
    IEnumerable<StreamDefinition> definitions,
    StreamDirectory streams,
    RepeatedCalls calls,
    SiloDrain drain,
    SiloRelease release,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<ReflexLifecycle> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan DefineInterval = TimeSpan.FromSeconds(2);

    private readonly List<Task> _defining = [];
    private Task _looking = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        ArgumentNullException.ThrowIfNull(lifecycle);

        // Before anything listens or is written: a storage that can't be used refuses the start. It is asked for only here,
        // after the configuration's validation, which says it better when there is none.
        lifecycle.Subscribe(
            nameof(ReflexLifecycle),
            ServiceLifecycleStage.RuntimeInitialize - 1,
            StartStoragesAsync);
        lifecycle.Subscribe(nameof(ReflexLifecycle), ServiceLifecycleStage.Active, BeginAsync, EndAsync);

        // While the membership is told that the silo stops, and before Orleans ends its grains.
        lifecycle.Subscribe(nameof(ReflexLifecycle), ServiceLifecycleStage.BecomeActive, _ => Task.CompletedTask, ReleaseAsync);

        // When all grains have ended, and answers still pass.
        lifecycle.Subscribe(
            nameof(ReflexLifecycle), ServiceLifecycleStage.ApplicationServices, _ => Task.CompletedTask, release.AnswerAsync);

        // While Orleans refuses all calls, and before it closes its connections.
        lifecycle.Subscribe(
            nameof(ReflexLifecycle), ServiceLifecycleStage.RuntimeServices - 1, _ => Task.CompletedTask, release.RefuseAsync);
    }

    private async Task StartStoragesAsync(CancellationToken cancellationToken)
    {
        var logs = services.GetRequiredService<IEventLogProvider>();
        await logs.StartAsync(cancellationToken);
        if (services.GetKeyedService<IGrainStorage>(ReflexStorageNames.GrainStorage) is ILocalState state)
        {
            await state.StartAsync(logs, cancellationToken);
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var definition in definitions)
        {
            if (!await TryDefineAsync(definition, cancellationToken))
            {
                LogDefinedLater(logger, definition.Name);
                _defining.Add(DefineLaterAsync(definition));
            }
        }

        // Not awaited: the silo serves meanwhile.
        _looking = services.GetRequiredService<FirstLook>().OpenAllAsync();
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await drain.BeginAsync();
        await _looking;
        await Task.WhenAll(_defining);
    }

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await release.ReleaseAsync(cancellationToken);
        }
        finally
        {
            await drain.StartAsync();
        }
    }

    /// <summary>Defines a stream; false while the one of its name is being deleted.</summary>
    /// <remarks>The silo that holds the catalog may be dying, and its successor be a moment away.</remarks>
    private Task<bool> TryDefineAsync(StreamDefinition definition, CancellationToken cancellationToken) => calls.AnswerAsync(
        async () =>
        {
            try
            {
                await streams.DefineAsync(definition, cancellationToken);
                return true;
            }
            catch (StreamBeingDeletedException)
            {
                return false;
            }
        },
        definition.Name,
        () => $"define the stream '{definition.Name}'",
        cancellationToken);

    private async Task DefineLaterAsync(StreamDefinition definition)
    {
        try
        {
            while (!await TryDefineAsync(definition, drain.Begun))
            {
                await Task.Delay(DefineInterval, timeProvider, drain.Begun);
            }
        }
        catch (OperationCanceledException) when (drain.Begun.IsCancellationRequested)
        {
            // The silo stops, and the next start defines it.
        }
        catch (Exception error)
        {
            LogNotDefined(logger, definition.Name, error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The stream {Stream} is being deleted; it is defined when that has ended.")]
    private static partial void LogDefinedLater(ILogger logger, StreamName stream);

    [LoggerMessage(LogLevel.Error, "The stream {Stream} was deleted and could not be defined anew: define it, or start the silo again.")]
    private static partial void LogNotDefined(ILogger logger, StreamName stream, Exception error);
}
