using System.Collections.Concurrent;
using Reflex.Consumers;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>The registered consumers as this process knows them, and the way to their grains.</summary>
internal sealed class ConsumerDirectory(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<ConsumerId, GrainType> _known = new();

    public async Task<IReadOnlyList<ConsumerId>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = await grains.GetGrain<ICatalogGrain>(0).ListConsumersAsync()
            .AnswerAsync(() => "list the consumers", cancellationToken).ConfigureAwait(false);
        foreach (var entry in entries)
        {
            _known[IdOf(entry)] = GrainType.Create(entry.GrainType);
        }

        return [.. entries.Select(IdOf).OrderBy(id => id.Stream).ThenBy(id => id.Name)];
    }

    /// <summary>The grain of a consumer's part on a partition.</summary>
    public async ValueTask<IConsumerGrain> GetAsync(ConsumerId consumer, int partition, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(consumer, out var grainType))
        {
            var all = await ListAsync(cancellationToken).ConfigureAwait(false);
            if (!_known.TryGetValue(consumer, out grainType))
            {
                throw new ConsumerNotFoundException(consumer, all);
            }
        }

        var key = new ConsumerKey(new PartitionId(consumer.Stream, partition), consumer.Name);
        return grains.GetGrain<IConsumerGrain>(GrainId.Create(grainType, key.ToString()));
    }

    private static ConsumerId IdOf(ConsumerEntry entry) => new(entry.Stream, entry.Name);
}
