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
        var list = await Catalog.ListStreamsAsync(ListStreamsRequest.Instance)
            .AnswerAsync(() => "list the streams", cancellationToken).ConfigureAwait(false);
        return [.. list.Streams.Select(stream => stream.ToDefinition())];
    }

    public async Task<bool> DefineAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        var defined = await Catalog.DefineStreamAsync(new DefineStreamRequest(StreamEntry.Of(definition)))
            .AnswerAsync(() => $"define the stream '{definition.Name}'", cancellationToken).ConfigureAwait(false);
        _known.TryAdd(definition.Name, definition);
        return defined.IsNew;
    }

    /// <remarks>Of a name that isn't there nothing is remembered.</remarks>
    private async Task<StreamDefinition> FindAsync(StreamName name, CancellationToken cancellationToken)
    {
        string What() => $"find the stream '{name}'";
        var found = await Catalog.FindStreamAsync(new FindStreamRequest(name.Value))
            .AnswerAsync(What, cancellationToken).ConfigureAwait(false);
        if (found.Stream is { } stream)
        {
            return _known.GetOrAdd(name, stream.ToDefinition());
        }

        var sample = await Catalog.SampleStreamsAsync(new SampleStreamsRequest(name.Value))
            .AnswerAsync(What, cancellationToken).ConfigureAwait(false);
        throw new StreamNotFoundException(name, [.. sample.Names.Select(StreamName.Parse)], sample.Others);
    }
}
