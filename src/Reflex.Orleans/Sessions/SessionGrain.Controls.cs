using Reflex.Consumers;
using Reflex.Orleans.Consumers;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Sessions;

internal sealed partial class SessionGrain
{
    /// <remarks>Its logic is elsewhere, and so is whoever keeps it running.</remarks>
    Task IConsumerGrain.EnsureRunningAsync() => Task.CompletedTask;

    async Task<ConsumerPartitionStatus> IConsumerGrain.GetStatusAsync()
    {
        RequireElsewhere();
        await LoadAsync();
        var cursor = _cursor.Value;
        var state = _cursor.IsStopped ? ConsumerState.Stopped : ConsumerState.Running;
        var position = await _partition.GetPositionAsync(cursor?.Value);
        return position.StatusOf(_key.Partition.Index, state, fault: null, cursor, _services.TimeProvider.GetUtcNow());
    }

    Task IConsumerGrain.StartAsync() => ChangeAsync(() =>
        _cursor.IsStopped ? StoreAsync(_cursor.Value, isStopped: false, session: null) : Task.CompletedTask);

    Task IConsumerGrain.StopAsync() => ChangeAsync(() =>
        _cursor.IsStopped ? Task.CompletedTask : StoreAsync(_cursor.Value, isStopped: true, session: null));

    /// <remarks>It is never stuck here: an error of its logic shows where it runs.</remarks>
    Task IConsumerGrain.RetryAsync() => Task.CompletedTask;

    Task IConsumerGrain.SkipAsync(long id) => ChangeAsync(async () =>
    {
        var bounds = await _partition.GetBoundsAsync();
        bounds.RequireNext(new EventId(id), _cursor.Value, _key);
        await StoreAsync(new EventId(id), _cursor.IsStopped, session: null);
        using var instruments = _services.Instruments.ForConsumer(
            _key.Partition.Stream.Value, _key.Partition.Index, new ConsumerOptions(_key.Consumer));
        instruments.OnSkipped();
        LogSkipped(_services.Logger, _key, new EventId(id));
    });

    async Task IConsumerGrain.SetCursorAsync(long? cursor)
    {
        var bounds = await _partition.GetBoundsAsync();
        if (ToId(cursor) is { } wanted)
        {
            bounds.Require(wanted, _key.Partition);
        }

        await ChangeAsync(async () =>
        {
            var before = _cursor.Value;
            await StoreAsync(ToId(cursor), _cursor.IsStopped, session: null);
            LogCursorSet(_services.Logger, _key, before, ToId(cursor));
        });
    }
}
