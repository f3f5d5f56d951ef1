using Orleans.Metadata;
using Reflex.Consumers;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Hosting;
using Reflex.Orleans.Serialization;
using Reflex.Orleans.Sessions;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// Holds the streams' definitions in grain state, whose version keeps two activations from defining one stream differently,
/// and knows the consumers that are registered in its silo, and those that run outside the cluster.
/// </summary>
[GrainType("reflex.catalog")]
internal sealed class CatalogGrain(
    [PersistentState("catalog", ReflexStorageNames.GrainStorage)] IPersistentState<CatalogState> state,
    ConsumerRegistry consumers,
    GrainTypeResolver grainTypes) : Grain, ICatalogGrain
{
    public async Task<bool> DefineStreamAsync(StreamDefinition definition)
    {
        if (Find(definition.Name) is { } stored)
        {
            return stored == definition ? false : throw new StreamConflictException(stored, definition);
        }

        await AddAsync(state.State.Streams, StreamDefinitionConverter.ToSurrogate(definition));
        StartConsumersAsync(definition).Ignore();
        return true;
    }

    public async Task RegisterConsumerAsync(string stream, string consumer)
    {
        var id = new ConsumerId(stream, consumer);
        if (consumers.Contains(id))
        {
            throw new ConsumerConflictException(id);
        }

        var entry = new ConsumerEntry(stream, consumer, SessionGrain.TypeName);
        if (!state.State.Consumers.Contains(entry))
        {
            await AddAsync(state.State.Consumers, entry);
        }
    }

    public Task<List<StreamDefinition>> ListStreamsAsync() => Task.FromResult(
        state.State.Streams.Select(entry => StreamDefinitionConverter.FromSurrogate(entry)).OrderBy(stream => stream.Name).ToList());

    public Task<List<ConsumerEntry>> ListConsumersAsync() => Task.FromResult(
        consumers.All
            .Select(c => new ConsumerEntry(c.Id.Stream.Value, c.Id.Name.Value, grainTypes.GetGrainType(c.GrainClass).ToString()!))
            .Concat(state.State.Consumers.Where(entry => !consumers.Contains(new ConsumerId(entry.Stream, entry.Name))))
            .ToList());

    private async Task AddAsync<T>(List<T> list, T entry)
    {
        list.Add(entry);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            list.Remove(entry);

            // Whether it was stored is unknown: the next activation reads what is.
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>Starts the consumers that waited for a stream, at once; the consumer service would do it at its next look.</summary>
    private async Task StartConsumersAsync(StreamDefinition definition)
    {
        foreach (var consumer in consumers.All.Where(consumer => consumer.Id.Stream == definition.Name))
        {
            for (var partition = 0; partition < definition.Partitions; partition++)
            {
                var key = new ConsumerKey(new PartitionId(definition.Name, partition), consumer.Id.Name);
                var grain = GrainId.Create(grainTypes.GetGrainType(consumer.GrainClass), key.ToString());
                await GrainFactory.GetGrain<IConsumerGrain>(grain).EnsureRunningAsync();
            }
        }
    }

    private StreamDefinition? Find(StreamName name)
    {
        var found = state.State.Streams.Find(entry => entry.Name == name.Value);
        return found.Name is null ? null : StreamDefinitionConverter.FromSurrogate(found);
    }
}
