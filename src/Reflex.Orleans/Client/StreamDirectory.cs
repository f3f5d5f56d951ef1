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
        var streams = await Catalog.ListStreamsAsync()
            .AnswerAsync(() => "list the streams", cancellationToken).ConfigureAwait(false);
        foreach (var stream in streams)
        {
            _known.TryAdd(stream.Name, stream);
        }

        return streams;
    }

    public async Task<bool> DefineAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        var created = await Catalog.DefineStreamAsync(definition)
            .AnswerAsync(() => $"define the stream '{definition.Name}'", cancellationToken).ConfigureAwait(false);
        _known.TryAdd(definition.Name, definition);
        return created;
    }

    private async Task<StreamDefinition> FindAsync(StreamName name, CancellationToken cancellationToken)
    {
        var streams = await ListAsync(cancellationToken).ConfigureAwait(false);
        return _known.TryGetValue(name, out var definition)
            ? definition
            : throw new StreamNotFoundException(name, [.. streams.Select(stream => stream.Name)]);
    }
}
