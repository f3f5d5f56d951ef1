using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Streams;

namespace Reflex.Orleans.Upkeep;

/// <inheritdoc cref="IRemovalGrain"/>
/// <remarks>
/// Consumers end before their events go, so that none of them is stuck at an event that isn't there any more. Appends that come in the
/// middle are acknowledged and deleted: the stream is being deleted, and nobody was told that it is gone.
/// </remarks>
[GrainType("reflex.removal")]
internal sealed partial class RemovalGrain(PublishedConsumers published, StreamDirectory streams, ILogger<RemovalGrain> logger)
    : Grain, IRemovalGrain
{
    // At the storage of logs and cursors beside what others do there.
    private const int ConcurrentCalls = 16;

    private StreamName Stream => StreamName.Parse(this.GetPrimaryKeyString());

    private ICatalogGrain Catalog => GrainFactory.GetGrain<ICatalogGrain>(0);

    public async Task<DeleteStreamResponse> DeleteStreamAsync(DeleteStreamRequest request)
    {
        var found = await Catalog.BeginDeletionAsync(new BeginDeletionRequest(Stream.Value, request.Continued));
        streams.Forget(Stream);
        if (found.Stream is not { Deletion: { } deletion } stream)
        {
            return new DeleteStreamResponse(WasThere: false);
        }

        var partitions = stream.Definition.Partitions;
        var consumers = stream.Consumers.Select(consumer => new ConsumerId(Stream, consumer.Name))
            .Union(published.All.Keys.Where(consumer => consumer.Stream == Stream));
        foreach (var consumer in consumers)
        {
            await RemoveAsync(consumer, stream.Find(consumer.Name.Value)?.GrainType, partitions);
        }

        await EachAsync(partitions, partition =>
            GrainFactory.GetGrain<IPartitionGrain>(new PartitionId(Stream, partition).ToString()).DeleteAsync(DeleteRequest.Instance));
        await Catalog.EndDeletionAsync(new EndDeletionRequest(Stream.Value, deletion));
        LogDeleted(logger, Stream, partitions);
        return new DeleteStreamResponse(WasThere: true);
    }

    public async Task<RemoveConsumerResponse> RemoveConsumerAsync(RemoveConsumerRequest request)
    {
        var id = new ConsumerId(Stream, request.Consumer);
        var found = await Catalog.BeginRemovalAsync(new BeginRemovalRequest(Stream.Value, request.Consumer, request.Continued));
        if (found.Partitions == 0)
        {
            return new RemoveConsumerResponse(WasThere: false);
        }

        await RemoveAsync(id, ConsumerTypes.Session, found.Partitions);
        await Catalog.EndRemovalAsync(new EndRemovalRequest(Stream.Value, request.Consumer, found.Removal));
        LogRemoved(logger, id);
        return new RemoveConsumerResponse(WasThere: true);
    }

    private static async Task EachAsync(int partitions, Func<int, Task> call)
    {
        foreach (var some in Enumerable.Range(0, partitions).Chunk(ConcurrentCalls))
        {
            await Task.WhenAll(some.Select(call));
        }
    }

    /// <summary>Ends a consumer and clears its records, by the grains that run it, or by those of sessions when no silo can.</summary>
    private Task RemoveAsync(ConsumerId consumer, string? stored, int partitions)
    {
        var types = published.GrainTypesOf(consumer);
        var grainType = GrainType.Create(types.IsEmpty ? ConsumerTypes.Session : ConsumerTypes.Choose(types, stored));
        return EachAsync(
            partitions, partition => GrainFactory.GetPart(grainType, consumer, partition).RemoveAsync(RemovePartRequest.Instance));
    }

    [LoggerMessage(LogLevel.Information, "The stream {Stream} was deleted, with all events of its {Partitions} partition(s).")]
    private static partial void LogDeleted(ILogger logger, StreamName stream, int partitions);

    [LoggerMessage(LogLevel.Information, "The consumer {Consumer} was removed, with its cursors.")]
    private static partial void LogRemoved(ILogger logger, ConsumerId consumer);
}
