using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Reflex.Consumers;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Hosting;
using Reflex.Orleans.Serialization;
using Reflex.Orleans.Sessions;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// Holds the streams' definitions in grain state, whose version keeps two activations from defining one stream differently,
/// and knows the consumers that are registered in its silo, and those that run outside the cluster.
/// </summary>
/// <remarks>All of it is one record, which every addition writes whole: that is why what callers add to it is limited.</remarks>
[GrainType(CatalogState.GrainType)]
internal sealed class CatalogGrain(
    [PersistentState(CatalogState.StateName, ReflexStorageNames.GrainStorage)] IPersistentState<CatalogState> state,
    ConsumerRegistry registry,
    GrainTypeResolver grainTypes,
    IEventLogProvider logs,
    IOptions<ReflexOptions> options) : Grain, ICatalogGrain
{
    // What is asked about. Questions come between a change and the end of its writing, and see it only when it is stored.
    private NameIndex<StreamName, StreamDefinition> _streams = new([]);
    private NameIndex<ConsumerId, ConsumerEntry> _consumers = new([]);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _streams = new(state.State.Streams
            .Select(entry => StreamDefinitionConverter.FromSurrogate(entry))
            .Select(stream => KeyValuePair.Create(stream.Name, stream)));

        // A name that was kept for a consumer outside may be run by the cluster now.
        _consumers = new(registry.All
            .Select(c => new ConsumerEntry(c.Id.Stream.Value, c.Id.Name.Value, grainTypes.GetGrainType(c.GrainClass).ToString()!))
            .Concat(state.State.Consumers)
            .Select(entry => KeyValuePair.Create(entry.ToId(), entry)));
        return Task.CompletedTask;
    }

    public async Task<bool> DefineStreamAsync(StreamDefinition definition)
    {
        if (_streams.Find(definition.Name) is { } stored)
        {
            return stored == definition ? false : throw new StreamConflictException(stored, definition);
        }

        RequireRoom(definition);
        await RequireStoredPartitionsAsync(definition);
        await AddAsync(state.State.Streams, StreamDefinitionConverter.ToSurrogate(definition));
        _streams.Add(definition.Name, definition);
        StartConsumersAsync(definition).Ignore();
        return true;
    }

    public Task<StreamDefinition?> FindStreamAsync(string stream) => Task.FromResult(_streams.Find(stream));

    public Task<StreamList> ListStreamsAsync() => Task.FromResult(new StreamList(_streams.All));

    public Task<NameSample> SampleStreamsAsync(string near) => Task.FromResult(_streams.Near(near));

    public Task<ConsumerEntry?> FindConsumerAsync(string stream, string consumer) =>
        Task.FromResult(_consumers.Find(new ConsumerId(stream, consumer)));

    public Task<ConsumerList> ListConsumersAsync() => Task.FromResult(new ConsumerList(_consumers.All));

    public Task<NameSample> SampleConsumersAsync(string nearStream, string nearConsumer) =>
        Task.FromResult(_consumers.Near(new ConsumerId(nearStream, nearConsumer)));

    public async Task RegisterConsumerAsync(string stream, string consumer)
    {
        var id = new ConsumerId(stream, consumer);
        if (registry.Contains(id))
        {
            throw new ConsumerConflictException(id);
        }

        if (_consumers.Find(id) is null)
        {
            RequireRoom(id);
            var entry = new ConsumerEntry(stream, consumer, SessionGrain.TypeName);
            await AddAsync(state.State.Consumers, entry);
            _consumers.Add(id, entry);
        }
    }

    private void RequireRoom(StreamDefinition definition)
    {
        var limits = options.Value;
        if (_streams.Count >= limits.MaxStreams)
        {
            throw new StreamLimitException(definition.Name, limits.MaxStreams, NameOf(nameof(limits.MaxStreams)));
        }

        if (_streams.All.Sum(stream => (long)stream.Partitions) + definition.Partitions > limits.MaxPartitions)
        {
            throw new StreamLimitException(definition.Name, limits.MaxPartitions, NameOf(nameof(limits.MaxPartitions)));
        }
    }

    /// <summary>
    /// Of a stream whose definition was lost the logs may be there still: with fewer partitions some of its events would be hidden, and
    /// entities would go on in other partitions.
    /// </summary>
    private async Task RequireStoredPartitionsAsync(StreamDefinition definition)
    {
        var partitions = await logs.ListAsync(definition.Name, CancellationToken.None);
        var count = partitions.Select(partition => partition.Index + 1).DefaultIfEmpty().Max();
        if (definition.Partitions < count)
        {
            throw new StreamConflictException(new StreamDefinition(definition.Name, count, definition.Retention), definition);
        }
    }

    private void RequireRoom(ConsumerId consumer)
    {
        var limits = options.Value;
        var kept = state.State.Consumers;
        if (kept.Count >= limits.MaxOutsideConsumers)
        {
            throw new ConsumerLimitException(consumer, limits.MaxOutsideConsumers, NameOf(nameof(limits.MaxOutsideConsumers)));
        }

        if (kept.Count(entry => entry.Stream == consumer.Stream.Value) >= limits.MaxOutsideConsumersPerStream)
        {
            throw new ConsumerLimitException(
                consumer, limits.MaxOutsideConsumersPerStream, NameOf(nameof(limits.MaxOutsideConsumersPerStream)));
        }
    }

    private static string NameOf(string option) => $"{nameof(ReflexOptions)}.{option}";

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
        foreach (var consumer in registry.All.Where(consumer => consumer.Id.Stream == definition.Name))
        {
            for (var partition = 0; partition < definition.Partitions; partition++)
            {
                var key = new ConsumerKey(new PartitionId(definition.Name, partition), consumer.Id.Name);
                var grain = GrainId.Create(grainTypes.GetGrainType(consumer.GrainClass), key.ToString());
                await GrainFactory.GetGrain<IConsumerGrain>(grain).EnsureRunningAsync();
            }
        }
    }
}
