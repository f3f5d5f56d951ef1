using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Upkeep;

/// <inheritdoc cref="IRemovalGrain"/>
/// <remarks>
/// <para>Consumers end before their events go, so that none of them is stuck at an event that isn't there any more. Appends that come in
/// the middle are acknowledged and deleted: the stream is being deleted, and nobody was told that it is gone.</para>
/// <para>Two activations may be at it, and one of them may stand still anywhere, for as long as the other one takes to finish, and somebody
/// to define the stream anew and to append. So each log is deleted in three steps: the epoch of its newest owner is read; the catalog is
/// asked whether this deletion, by its id, hasn't ended; the log is deleted under that epoch. The catalog's answer is of a moment after the
/// first step, and a deletion that has ended never comes back. So when the epoch was read, the name wasn't free yet. An owner serves a
/// stream only if it began to open the log after that stream was defined (see <see cref="PartitionGrain"/>): every owner of a later stream
/// of the name has a greater epoch, and fences the third step, in the storage itself. Whoever stands still before the second step is told
/// no, and after it is fenced or finds the log deleted.</para>
/// <para>Fenced doesn't mean that the deletion has ended: an owner of the old stream may have opened the log between. So all three steps
/// come again. An owner that opens after them all finds out from the catalog that its stream is gone, and closes.</para>
/// <para>Cursors go the same way, with the version of their record in the place of the epoch; see <see cref="ConsumerCursor"/>.</para>
/// <para>What others refuse after the removal has begun is an error of this grain's: as what it was it would tell the caller that nothing
/// has come of the call, who would make it again, and delete what was defined meanwhile.</para>
/// </remarks>
[GrainType("reflex.removal")]
internal sealed partial class RemovalGrain(
    PublishedConsumers published, StreamDirectory streams, IEventLogProvider logs, ILogger<RemovalGrain> logger) : Grain, IRemovalGrain
{
    // At the storage of logs and cursors beside what others do there.
    private const int ConcurrentCalls = 16;

    // An owner of a stream that is being deleted opens its log only when it asked the catalog before that.
    private const int MostTries = 10;

    private StreamName Stream => StreamName.Parse(this.GetPrimaryKeyString());

    private Func<string> Tell => () => $"go on removing of the stream '{Stream}'";

    private ICatalogGrain Catalog => GrainFactory.GetGrain<ICatalogGrain>(0);

    public async Task<DeleteStreamResponse> DeleteStreamAsync(DeleteStreamRequest request)
    {
        var found = await Catalog.BeginDeletionAsync(new BeginDeletionRequest(Stream.Value, request.Continued));
        streams.Forget(Stream);
        if (found.Stream is not { Deletion: { } id } stream)
        {
            return new DeleteStreamResponse(WasThere: false);
        }

        var deletion = new UnfinishedRemoval(Stream.Value, Consumer: null, id);
        var partitions = stream.Definition.Partitions;
        var consumers = stream.Consumers.Select(consumer => new ConsumerId(Stream, consumer.Name))
            .Union(published.All.Keys.Where(consumer => consumer.Stream == Stream));
        foreach (var consumer in consumers)
        {
            await RemoveAsync(deletion, consumer, stream.Find(consumer.Name.Value)?.GrainType, partitions);
        }

        if (await DeleteLogsAsync(deletion, partitions))
        {
            await Catalog.EndDeletionAsync(new EndDeletionRequest(Stream.Value, id)).AnswerAsync(Tell);
            LogDeleted(logger, Stream, partitions);
        }

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

        var removal = new UnfinishedRemoval(Stream.Value, request.Consumer, found.Removal);
        await RemoveAsync(removal, id, ConsumerTypes.Session, found.Partitions);
        await Catalog.EndRemovalAsync(new EndRemovalRequest(Stream.Value, request.Consumer, found.Removal)).AnswerAsync(Tell);
        LogRemoved(logger, id);
        return new RemoveConsumerResponse(WasThere: true);
    }

    private static async Task<IReadOnlyList<TResult>> EachAsync<T, TResult>(IEnumerable<T> all, Func<T, Task<TResult>> call)
    {
        var results = new List<TResult>();
        foreach (var some in all.Chunk(ConcurrentCalls))
        {
            results.AddRange(await Task.WhenAll(some.Select(call)));
        }

        return results;
    }

    /// <summary>Deletes the stream's logs; answers false when somebody else has ended the deletion.</summary>
    private async Task<bool> DeleteLogsAsync(UnfinishedRemoval deletion, int partitions)
    {
        var left = Enumerable.Range(0, partitions).Select(index => new PartitionId(Stream, index)).ToList();
        var fencedBy = new Dictionary<PartitionId, long>();
        for (var tries = 1; left.Count > 0; tries++)
        {
            // An owner may be known by what it has appended only, where its own record is damaged.
            var epochs = await EachAsync(left, async partition => (
                Partition: partition,
                Epoch: Math.Max(
                    await logs.GetEpochAsync(partition, CancellationToken.None), fencedBy.GetValueOrDefault(partition))));
            if (!await GrainFactory.IsUnfinishedAsync(deletion).AnswerAsync(Tell))
            {
                return false;
            }

            var deleted = await EachAsync(epochs, async log => (
                log.Partition, Fence: await TryDeleteAsync(log.Partition, log.Epoch, isLast: tries == MostTries)));
            left = [.. deleted.Where(log => log.Fence is not null).Select(log => log.Partition)];
            foreach (var (partition, fence) in deleted)
            {
                fencedBy[partition] = fence ?? 0;
            }
        }

        return true;
    }

    /// <summary>Deletes a log; answers null, or the epoch of an owner that has opened it since its epoch was read.</summary>
    private async Task<long?> TryDeleteAsync(PartitionId partition, long epoch, bool isLast)
    {
        try
        {
            await GrainFactory.GetGrain<IPartitionGrain>(partition.ToString()).DeleteAsync(new DeleteRequest(epoch)).AnswerAsync(Tell);
            return null;
        }
        catch (LogFencedException error) when (!isLast)
        {
            LogFenced(logger, partition, error.Message);
            return error.FoundEpoch;
        }
    }

    /// <summary>Ends a consumer and clears its records, by the grains that run it, or by those of sessions when no silo can.</summary>
    private Task RemoveAsync(UnfinishedRemoval removal, ConsumerId consumer, string? stored, int partitions)
    {
        var types = published.GrainTypesOf(consumer);
        var grainType = GrainType.Create(
            types.IsEmpty ? ConsumerTypes.Session : ConsumerTypes.Choose(types, stored, published.IsComplete));
        return EachAsync(
            Enumerable.Range(0, partitions),
            partition => GrainFactory.GetPart(grainType, consumer, partition).RemoveAsync(new RemovePartRequest(removal))
                .AnswerAsync(Tell));
    }

    [LoggerMessage(LogLevel.Information, "The stream {Stream} was deleted, with all events of its {Partitions} partition(s).")]
    private static partial void LogDeleted(ILogger logger, StreamName stream, int partitions);

    [LoggerMessage(LogLevel.Information, "The consumer {Consumer} was removed, with its cursors.")]
    private static partial void LogRemoved(ILogger logger, ConsumerId consumer);

    [LoggerMessage(LogLevel.Information, "The log of the partition {Partition} was opened while it was to be deleted: {Reason}")]
    private static partial void LogFenced(ILogger logger, PartitionId partition, string reason);
}
