using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Client;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Sessions;

/// <summary>The cluster as a cursor store, for all partitions of a stream or for one.</summary>
internal sealed class ClusterCursors(
    StreamName stream, int? partition, IGrainFactory grains, StreamDirectory streams, ConsumerDirectory consumers, RepeatedCalls calls)
    : ICursorStore
{
    public async ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(consumer, cancellationToken).ConfigureAwait(false);
        var id = new ConsumerId(stream, consumer);
        var isRunByCluster = await consumers.IsRunByClusterAsync(id, cancellationToken).ConfigureAwait(false);
        return PartitionCursors.Join(await Task.WhenAll(partitions.Select(index => calls.AnswerAsync(
            () => isRunByCluster ? GetRunByClusterAsync(id, index, cancellationToken) : GetAsync(id, index),
            stream,
            () => $"read the cursor of {id}",
            cancellationToken))).ConfigureAwait(false));
    }

    public async ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(consumer, cancellationToken).ConfigureAwait(false);
        var id = new ConsumerId(stream, consumer);
        PartitionCursors.RequirePlaces(cursor, partitions.Length, id);
        await consumers.RegisterAsync(id, cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(partitions.Select((index, place) => calls.AnswerAsync(
                () => Grain(id, index).StoreCursorAsync(cursor.Of(place)?.Value),
                stream,
                () => $"set the cursor of {id}",
                cancellationToken))).ConfigureAwait(false);
        }
        catch (ConsumerConflictException)
        {
            consumers.Forget(id);
            throw;
        }
    }

    /// <remarks>What was set is durable already.</remarks>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private Task<int[]> PartitionsAsync(ConsumerName consumer, CancellationToken cancellationToken) => consumer.IsDefault
        ? throw new ArgumentException("A consumer needs a name.", nameof(consumer))
        : ConsumerSessions.PartitionsAsync(streams, stream, partition, cancellationToken);

    private async Task<EventId?> GetAsync(ConsumerId consumer, int index) =>
        await Grain(consumer, index).GetCursorAsync().ConfigureAwait(false) is { } cursor ? new EventId(cursor) : null;

    private async Task<EventId?> GetRunByClusterAsync(ConsumerId consumer, int index, CancellationToken cancellationToken)
    {
        var grain = await consumers.GetAsync(consumer, index, cancellationToken).ConfigureAwait(false);
        return (await grain.GetStatusAsync().ConfigureAwait(false)).Cursor;
    }

    private ISessionGrain Grain(ConsumerId consumer, int index) =>
        grains.GetGrain<ISessionGrain>(new ConsumerKey(new PartitionId(stream, index), consumer.Name).ToString());
}
