using System.Collections.Concurrent;
using Reflex.Consumers;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Sessions;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>The registered consumers as this process knows them, and the way to their grains.</summary>
internal sealed class ConsumerDirectory(IGrainFactory grains)
{
    private static readonly GrainType Session = GrainType.Create(SessionGrain.TypeName);

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

    /// <summary>Whether the cluster runs a consumer itself.</summary>
    public async ValueTask<bool> IsRunByClusterAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(consumer, out var grainType))
        {
            await ListAsync(cancellationToken).ConfigureAwait(false);
        }

        return _known.TryGetValue(consumer, out grainType) && grainType != Session;
    }

    /// <summary>Makes a consumer that runs outside the cluster known to it, once in this process.</summary>
    public async ValueTask RegisterAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(consumer, out var grainType) || grainType != Session)
        {
            await grains.GetGrain<ICatalogGrain>(0).RegisterConsumerAsync(consumer.Stream.Value, consumer.Name.Value)
                .AnswerAsync(() => $"register the consumer {consumer}", cancellationToken).ConfigureAwait(false);
            _known[consumer] = Session;
        }
    }

    /// <summary>Asks for a consumer anew the next time: it has changed its kind.</summary>
    public void Forget(ConsumerId consumer) => _known.TryRemove(consumer, out _);

    private static ConsumerId IdOf(ConsumerEntry entry) => new(entry.Stream, entry.Name);
}
