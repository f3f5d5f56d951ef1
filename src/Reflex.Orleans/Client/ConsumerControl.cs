using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Sessions;
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
        if (await consumers.RequireKindAsync(id, cancellationToken).ConfigureAwait(false) == ConsumerKind.Outside)
        {
            var definition = await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false);
            return new ConsumerStatus(
                id, await outside.GetStatusAsync(id, definition.Partitions, cancellationToken).ConfigureAwait(false));
        }

        var parts = await GetPartsAsync(cancellationToken).ConfigureAwait(false);
        var statuses = await Task.WhenAll(parts.Select(part => part.GetStatusAsync(GetStatusRequest.Instance)))
            .AnswerAsync(() => $"ask the consumer {id}", cancellationToken).ConfigureAwait(false);
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
        var part = await consumers.GetAsync(id, partition, cancellationToken).ConfigureAwait(false);
        StreamDirectory.RequirePartition(await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false), partition);
        await part.SkipAsync(new SkipRequest(eventId.Value))
            .AnswerAsync(() => $"tell the consumer {id}", cancellationToken).ConfigureAwait(false);
    }

    public async Task SetCursorAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        // Whether there is such a consumer first: its name may be anything, and a look at all partitions costs more.
        _ = await consumers.GetAsync(id, 0, cancellationToken).ConfigureAwait(false);
        var definition = await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false);
        if (!cursor.IsEmpty && cursor.Places != definition.Partitions)
        {
            throw new FormatException(
                $"The cursor {cursor} has {cursor.Places} place(s) but the stream '{id.Stream}' has {definition.Partitions} partition(s): "
                + "give one place for each.");
        }

        // All places are looked at before any part is moved.
        await Task.WhenAll(Enumerable.Range(0, definition.Partitions).Select(partition => CheckAsync(cursor.Of(partition), partition)))
            .AnswerAsync(() => $"look at {id.Stream}", cancellationToken).ConfigureAwait(false);
        await CallAsync(
            (part, partition) => part.SetCursorAsync(SetCursorRequest.At(cursor.Of(partition))),
            cancellationToken).ConfigureAwait(false);
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
        var parts = await GetPartsAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(parts.Select(call))
            .AnswerAsync(() => $"tell the consumer {id}", cancellationToken).ConfigureAwait(false);
    }

    private async Task<IConsumerGrain[]> GetPartsAsync(CancellationToken cancellationToken)
    {
        var first = await consumers.GetAsync(id, 0, cancellationToken).ConfigureAwait(false);
        var definition = await streams.GetAsync(id.Stream, cancellationToken).ConfigureAwait(false);
        var parts = new IConsumerGrain[definition.Partitions];
        parts[0] = first;
        for (var partition = 1; partition < parts.Length; partition++)
        {
            parts[partition] = await consumers.GetAsync(id, partition, cancellationToken).ConfigureAwait(false);
        }

        return parts;
    }
}
