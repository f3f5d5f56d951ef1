using Microsoft.Extensions.Options;
using Orleans.Metadata;
using Reflex.Consumers;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Hosting;
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
    private NameIndex<StreamName, StreamEntry> _streams = new([]);
    private NameIndex<ConsumerId, ConsumerEntry> _consumers = new([]);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _streams = new(state.State.Streams.Select(entry => KeyValuePair.Create(StreamName.Parse(entry.Name), entry)));

        // A name that was kept for a consumer outside may be run by the cluster now.
        _consumers = new(registry.All
            .Select(c => new ConsumerEntry(c.Id.Stream.Value, c.Id.Name.Value, grainTypes.GetGrainType(c.GrainClass).ToString()!))
            .Concat(state.State.Consumers)
            .Select(entry => KeyValuePair.Create(entry.ToId(), entry)));
        return Task.CompletedTask;
    }

    public async Task<DefineStreamResponse> DefineStreamAsync(DefineStreamRequest request)
    {
        var definition = request.Stream.ToDefinition();
        if (_streams.Find(definition.Name) is { } stored)
        {
            return stored == request.Stream
                ? new DefineStreamResponse(IsNew: false)
                : throw new StreamConflictException(stored.ToDefinition(), definition);
        }

        RequireRoom(definition);
        await RequireStoredPartitionsAsync(definition);
        await AddAsync(state.State.Streams, request.Stream);
        _streams.Add(definition.Name, request.Stream);
        StartConsumersAsync(definition).Ignore();
        return new DefineStreamResponse(IsNew: true);
    }

    public Task<FindStreamResponse> FindStreamAsync(FindStreamRequest request) =>
        Task.FromResult(new FindStreamResponse(_streams.Find(request.Stream)));

    public Task<StreamList> ListStreamsAsync(ListStreamsRequest request) => Task.FromResult(new StreamList(_streams.All));

    public Task<NameSample> SampleStreamsAsync(SampleStreamsRequest request) => Task.FromResult(_streams.Near(request.Near));

    public Task<FindConsumerResponse> FindConsumerAsync(FindConsumerRequest request) =>
        Task.FromResult(new FindConsumerResponse(_consumers.Find(new ConsumerId(request.Stream, request.Consumer))));

    public Task<ConsumerList> ListConsumersAsync(ListConsumersRequest request) => Task.FromResult(new ConsumerList(_consumers.All));

    public Task<NameSample> SampleConsumersAsync(SampleConsumersRequest request) =>
        Task.FromResult(_consumers.Near(new ConsumerId(request.Stream, request.Consumer)));

    public async Task<RegisterConsumerResponse> RegisterConsumerAsync(RegisterConsumerRequest request)
    {
        var id = new ConsumerId(request.Stream, request.Consumer);
        if (registry.Contains(id))
        {
            throw new ConsumerConflictException(id);
        }

        if (_consumers.Find(id) is null)
        {
            RequireRoom(id);
            var entry = new ConsumerEntry(request.Stream, request.Consumer, SessionGrain.TypeName);
            await AddAsync(state.State.Consumers, entry);
            _consumers.Add(id, entry);
        }

        return RegisterConsumerResponse.Instance;
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
                await GrainFactory.GetGrain<IConsumerGrain>(grain).EnsureRunningAsync(EnsureRunningRequest.Instance);
            }
        }
    }
}
