using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Storage;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Hosting;

/// <summary>What Reflex does while a silo starts and stops.</summary>
internal sealed class ReflexLifecycle(
    IServiceProvider services,
    IEnumerable<StreamDefinition> definitions,
    StreamDirectory streams,
    RepeatedCalls calls,
    SiloDrain drain)
    : ILifecycleParticipant<ISiloLifecycle>
{
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
    }

    private async Task StartStoragesAsync(CancellationToken cancellationToken)
    {
        var logs = services.GetRequiredService<IEventLogProvider>();
        await logs.StartAsync(cancellationToken);
        if (services.GetKeyedService<IGrainStorage>(ReflexStorageNames.GrainStorage) is SqliteGrainStorage embedded)
        {
            await embedded.StartAsync(logs, cancellationToken);
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var definition in definitions)
        {
            // The silo that holds the catalog may be dying, and its successor be a moment away.
            await calls.AnswerAsync(
                () => streams.DefineAsync(definition, cancellationToken),
                definition.Name,
                () => $"define the stream '{definition.Name}'",
                cancellationToken);
        }

        // Not awaited: the silo serves meanwhile.
        _looking = services.GetRequiredService<FirstLook>().OpenAllAsync();
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await drain.StartAsync();
        await _looking;
    }
}
