using System.Collections.Concurrent;
using Reflex.Orleans.Catalog;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>The streams' definitions as this process knows them. A definition never changes, so that what is known stays true.</summary>
internal sealed class StreamDirectory(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<StreamName, StreamDefinition> _known = new();

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(0);

    public static void RequirePartition(StreamDefinition definition, int partition)
    {
        if (partition < 0 || partition >= definition.Partitions)
        {
            throw new PartitionNotFoundException(definition.Name, partition, definition.Partitions);
        }
    }

    public ValueTask<StreamDefinition> GetAsync(StreamName name, CancellationToken cancellationToken) =>
        _known.TryGetValue(name, out var definition) ? ValueTask.FromResult(definition) : new(FindAsync(name, cancellationToken));

    public async Task<IReadOnlyList<StreamDefinition>> ListAsync(CancellationToken cancellationToken)
    {
        var list = await Catalog.ListStreamsAsync()
            .AnswerAsync(() => "list the streams", cancellationToken).ConfigureAwait(false);
        return list.Streams;
    }

    public async Task<bool> DefineAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        var created = await Catalog.DefineStreamAsync(definition)
            .AnswerAsync(() => $"define the stream '{definition.Name}'", cancellationToken).ConfigureAwait(false);
        _known.TryAdd(definition.Name, definition);
        return created;
    }

    /// <remarks>Of a name that isn't there nothing is remembered.</remarks>
    private async Task<StreamDefinition> FindAsync(StreamName name, CancellationToken cancellationToken)
    {
        string What() => $"find the stream '{name}'";
        if (await Catalog.FindStreamAsync(name.Value).AnswerAsync(What, cancellationToken).ConfigureAwait(false) is { } definition)
        {
            return _known.GetOrAdd(name, definition);
        }

        var sample = await Catalog.SampleStreamsAsync(name.Value).AnswerAsync(What, cancellationToken).ConfigureAwait(false);
        throw new StreamNotFoundException(name, [.. sample.Names.Select(StreamName.Parse)], sample.Others);
    }
}
