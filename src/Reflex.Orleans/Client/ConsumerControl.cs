using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Upkeep;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>A consumer through its grains.</summary>
internal sealed class ConsumerControl(
    ConsumerId id, IGrainFactory grains, StreamDirectory streams, ConsumerDirectory consumers, OutsideConsumers outside)
    : IConsumerControl
{
    public ConsumerId Id => id;

    public async Task<ConsumerStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var known = await consumers.RequireAsync(id, cancellationToken).ConfigureAwait(false);
        var definition = await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false);
        if (known.Kind != ConsumerKind.OfTheCluster)
        {
            var isUnregistered = known.Kind == ConsumerKind.Unregistered;
            return new ConsumerStatus(
                id, await outside.GetStatusAsync(id, definition.Partitions, isUnregistered, cancellationToken).ConfigureAwait(false));
        }

        var parts = PartsOf(known, definition);
        var statuses = await Task.WhenAll(parts.Select(part => ClusterCall.AnswerAsync(
            () => part.GetStatusAsync(GetStatusRequest.Instance), () => $"ask the consumer {id}", cancellationToken)))
            .ConfigureAwait(false);
        return new ConsumerStatus(id, [.. statuses.Select(status => status.ToStatus())]);
    }

    public Task StartAsync(CancellationToken cancellationToken) =>
        CallAsync((part, _) => part.StartAsync(StartRequest.Instance), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) =>
        CallAsync((part, _) => part.StopAsync(StopRequest.Instance), cancellationToken);

    public Task RetryAsync(CancellationToken cancellationToken) =>
        CallAsync((part, _) => part.RetryAsync(RetryRequest.Instance), cancellationToken);

    public async Task SkipAsync(int partition, EventId eventId, CancellationToken cancellationToken)
    {
        var known = await consumers.RequireAsync(id, cancellationToken).ConfigureAwait(false);
        StreamDirectory.RequirePartition(await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false), partition);
        await ClusterCall.AnswerAsync(
            () => grains.GetPart(known.GrainType, id, partition).SkipAsync(new SkipRequest(eventId.Value)),
            () => $"tell the consumer {id}",
            cancellationToken).ConfigureAwait(false);
    }

    public async Task SetCursorAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        // Whether there is such a consumer first: its name may be anything, and a look at all partitions costs more.
        _ = await consumers.RequireAsync(id, cancellationToken).ConfigureAwait(false);
        var definition = await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false);
        if (!cursor.IsEmpty && cursor.Places != definition.Partitions)
        {
            throw new FormatException(
                $"The cursor {cursor} has {cursor.Places} place(s) but the stream '{id.Stream}' has {definition.Partitions} partition(s): "
                + "give one place for each.");
        }

        // All places are looked at before any part is moved.
        await Task.WhenAll(Enumerable.Range(0, definition.Partitions).Select(partition => ClusterCall.AnswerAsync(
            () => CheckAsync(cursor.Of(partition), partition), () => $"look at {id.Stream}", cancellationToken))).ConfigureAwait(false);
        await CallAsync(
            (part, partition) => part.SetCursorAsync(SetCursorRequest.At(cursor.Of(partition))),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var removed = await ClusterCall.AnswerAsync(
            () => grains.GetGrain<IRemovalGrain>(id.Stream.Value).RemoveConsumerAsync(new RemoveConsumerRequest(id.Name.Value)),
            () => $"remove the consumer {id}",
            cancellationToken).ConfigureAwait(false);
        consumers.Forget(id);
        if (!removed.WasThere)
        {
            // Tells what there is instead.
            _ = await consumers.RequireAsync(id, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CheckAsync(CursorPlace? cursor, int partition)
    {
        if (cursor is { } wanted)
        {
            var partitionId = new PartitionId(id.Stream, partition);
            var position = await grains.GetGrain<IPartitionGrain>(partitionId.ToString()).LookAsync(wanted).ConfigureAwait(false);
            position.Require(wanted, partitionId);
        }
    }

    private async Task CallAsync(Func<IConsumerGrain, int, Task> call, CancellationToken cancellationToken)
    {
        var known = await consumers.RequireAsync(id, cancellationToken).ConfigureAwait(false);
        var definition = await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false);

        // Each by itself: a call that a stopping silo refuses is made again, and those that were carried out are not.
        await Task.WhenAll(PartsOf(known, definition).Select((part, partition) => ClusterCall.AnswerAsync(
            () => call(part, partition), () => $"tell the consumer {id}", cancellationToken))).ConfigureAwait(false);
    }

    private IEnumerable<IConsumerGrain> PartsOf(KnownConsumer known, StreamDefinition definition) =>
        Enumerable.Range(0, definition.Partitions).Select(partition => grains.GetPart(known.GrainType, id, partition));
}
