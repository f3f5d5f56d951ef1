using Orleans.Concurrency;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Streams;

namespace Reflex.Orleans.Sessions;

/// <inheritdoc cref="IStoredConsumersGrain"/>
/// <remarks>
/// A silo has a few of these grains. Each reads for one call at a time, so that the reads under way are bounded; a look at
/// partitions, which may take its time, holds up none.
/// </remarks>
[GrainType("reflex.stored-consumers"), StatelessWorker]
internal sealed class StoredConsumersGrain(ConsumerContext context) : Grain, IStoredConsumersGrain
{
    private static readonly GrainType Session = GrainType.Create(ConsumerTypes.Session);

    // Of a storage on the network some at once, few enough to leave it to the consumers that run.
    private const int ConcurrentCalls = 32;

    public async Task<StoredParts> ReadAsync(PartsRequest request)
    {
        try
        {
            return new StoredParts([.. await EachAsync(request, async key =>
            {
                var record = await StoredConsumer.ReadAsync(context.Storage, key);
                return new StoredPart(record.Cursor, record.IsStopped, IsHeld: record.Session is not null, record.Epoch);
            })]);
        }
        catch (Exception error)
        {
            throw new CursorStoreException(new ConsumerId(request.Stream, request.Consumer), error);
        }
    }

    public async Task<PartStatuses> GetStatusAsync(PartsRequest request)
    {
        var stored = await GrainFactory.GetGrain<IStoredConsumersGrain>(0).ReadAsync(request);
        var parts = request.Partitions.Zip(stored.Parts).ToDictionary();
        return new PartStatuses(
            [.. await EachAsync(request, key => GetStatusAsync(key, parts[key.Partition.Index], request.IsUnregistered))]);
    }

    private static async Task<List<T>> EachAsync<T>(PartsRequest request, Func<ConsumerKey, Task<T>> ask)
    {
        var answers = new List<T>(request.Partitions.Length);
        foreach (var partitions in request.Partitions.Chunk(ConcurrentCalls))
        {
            answers.AddRange(await Task.WhenAll(partitions.Select(
                partition => ask(new ConsumerKey(new PartitionId(request.Stream, partition), request.Consumer)))));
        }

        return answers;
    }

    private async Task<PartStatus> GetStatusAsync(ConsumerKey key, StoredPart part, bool isUnregistered)
    {
        if (part.IsHeld && !isUnregistered)
        {
            var session = GrainFactory.GetGrain<IConsumerGrain>(GrainId.Create(Session, key.ToString()));
            return await session.GetStatusAsync(GetStatusRequest.Instance);
        }

        var position = await GrainFactory.GetGrain<IPartitionGrain>(key.Partition.ToString())
            .GetPositionAsync(new GetPositionRequest(part.Cursor));
        return PartStatus.Of(position.StatusOf(
            key.Partition.Index,
            isUnregistered ? ConsumerState.Unregistered : part.IsStopped ? ConsumerState.Stopped : ConsumerState.Running,
            fault: null,
            part.Place,
            context.TimeProvider.GetUtcNow()));
    }
}
