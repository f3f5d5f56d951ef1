using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

internal sealed partial class CatalogGrain
{
    private ConsumerIndex? _consumers;

    public Task<FindConsumerResponse> FindConsumerAsync(FindConsumerRequest request) =>
        Task.FromResult(new FindConsumerResponse(Find(new ConsumerId(request.Stream, request.Consumer), published.IsComplete)));

    public Task<ConsumerList> ListConsumersAsync(ListConsumersRequest request) => Task.FromResult(new ConsumerList(
        request.Stream is { } stream ? [.. Consumers().All.Where(consumer => consumer.Stream == stream)] : Consumers().All));

    public Task<NameSample> SampleConsumersAsync(SampleConsumersRequest request) =>
        Task.FromResult(Consumers().Near(new ConsumerId(request.Stream, request.Consumer)));

    public Task<RegisterConsumerResponse> RegisterConsumerAsync(RegisterConsumerRequest request) => ChangeAsync(async () =>
    {
        var id = new ConsumerId(request.Stream, request.Consumer);
        if (!published.GrainTypesOf(id).IsEmpty)
        {
            throw new ConsumerConflictException(id);
        }

        var stream = FindDefined(id.Stream) ?? throw NotFound(id.Stream);
        switch (stream.Find(request.Consumer))
        {
            case { IsRemoving: true }:
                throw new ConsumerBeingRemovedException(id);
            case { GrainType: ConsumerTypes.Session }:
                break;
            default:
                RequireRoom(stream, id);
                await StoreAsync(id.Stream, stream.With(new StoredRegistration(request.Consumer, ConsumerTypes.Session)));
                break;
        }

        return RegisterConsumerResponse.Instance;
    });

    public Task<RunConsumersResponse> RunConsumersAsync(RunConsumersRequest request) => ChangeAsync(async () =>
    {
        var types = published.All.ToDictionary();
        var isComplete = published.IsComplete;
        foreach (var consumer in request.Own)
        {
            var id = consumer.ToId();
            var known = types.GetValueOrDefault(id, []);
            types[id] = known.Contains(consumer.GrainType) ? known : known.Add(consumer.GrainType);
        }

        try
        {
            await StoreRunAsync(types, isComplete);
        }
        catch (StateStoreException error)
        {
            // They may run all the same; the next look tries again.
            LogRunNotStored(logger, error);
        }

        var defined = types.Keys.Order().Select(id => (Id: id, Stream: FindDefined(id.Stream)))
            .Where(consumer => consumer.Stream?.Find(consumer.Id.Name.Value) is not { IsRemoving: true })
            .ToList();
        return new RunConsumersResponse(
            [
                .. defined.Where(consumer => consumer.Stream is not null).Select(consumer => new RunnableConsumer(
                    EntryOf(consumer.Id, types[consumer.Id], consumer.Stream!.Find(consumer.Id.Name.Value), isComplete),
                    consumer.Stream.Definition.Partitions)),
            ],
            [.. request.Own.Where(consumer => FindDefined(consumer.Stream) is null)],
            [.. _streams.All.SelectMany(UnfinishedOf)]);
    });

    private static int CountOutside(StoredStream stream) =>
        stream.Consumers.Count(consumer => consumer.GrainType == ConsumerTypes.Session);

    private static ConsumerEntry EntryOf(ConsumerId id, ImmutableArray<string> types, StoredRegistration? stored, bool isComplete) =>
        new(id.Stream.Value, id.Name.Value, ConsumerTypes.Choose(types, stored?.GrainType, isComplete));

    /// <summary>What a consumer is that no silo runs: one outside the cluster, or one that the cluster has run.</summary>
    private static ConsumerEntry EntryOf(StoredStream stream, StoredRegistration consumer) => new(
        stream.Definition.Name, consumer.Name, ConsumerTypes.Session, IsUnregistered: consumer.GrainType != ConsumerTypes.Session);

    private ConsumerEntry? Find(ConsumerId id, bool isComplete)
    {
        var stream = FindDefined(id.Stream);
        var stored = stream?.Find(id.Name.Value);
        var types = published.GrainTypesOf(id);
        return !types.IsEmpty
            ? EntryOf(id, types, stored, isComplete)
            : stored is { IsRemoving: false } ? EntryOf(stream!, stored) : null;
    }

    private NameIndex<ConsumerId, ConsumerEntry> Consumers()
    {
        var (run, isComplete) = (published.All, published.IsComplete);
        if (_consumers is not { } known || !ReferenceEquals(known.Published, run) || known.IsComplete != isComplete)
        {
            var stored =
                from stream in _streams.All
                where !stream.IsDeleting
                from consumer in stream.Consumers
                where !consumer.IsRemoving || run.ContainsKey(new ConsumerId(stream.Definition.Name, consumer.Name))
                select new ConsumerId(stream.Definition.Name, consumer.Name);
            var entries = run.Keys.Concat(stored).Distinct().Select(id => KeyValuePair.Create(id, Find(id, isComplete)!));
            _consumers = known = new ConsumerIndex(run, isComplete, new(entries));
        }

        return known.Names;
    }

    /// <summary>Keeps which grains run each consumer, so that it is known when no silo does any more.</summary>
    private async Task StoreRunAsync(Dictionary<ConsumerId, ImmutableArray<string>> types, bool isComplete)
    {
        var changes = new Dictionary<StreamName, StoredStream?>();
        foreach (var (id, known) in types)
        {
            if ((changes.GetValueOrDefault(id.Stream) ?? FindDefined(id.Stream)) is not { } stream)
            {
                continue;
            }

            var name = id.Name.Value;
            var stored = stream.Find(name);
            if (stored is { IsRemoving: true })
            {
                // It begins anew when nothing is left of the one before.
                continue;
            }

            var chosen = new StoredRegistration(name, ConsumerTypes.Choose(known, stored?.GrainType, isComplete));
            if (stored != chosen)
            {
                changes[id.Stream] = stream.With(chosen);
            }
        }

        await StoreAsync(changes);
    }

    private StreamNotFoundException NotFound(StreamName stream)
    {
        var sample = _streams.Near(stream);
        return new StreamNotFoundException(stream, [.. sample.Names.Select(StreamName.Parse)], sample.Others);
    }

    private void RequireRoom(StoredStream stream, ConsumerId consumer)
    {
        var limits = options.Value;
        if (_outsideConsumers >= limits.MaxOutsideConsumers)
        {
            throw new ConsumerLimitException(consumer, limits.MaxOutsideConsumers, NameOf(nameof(limits.MaxOutsideConsumers)));
        }

        if (CountOutside(stream) >= limits.MaxOutsideConsumersPerStream)
        {
            throw new ConsumerLimitException(
                consumer, limits.MaxOutsideConsumersPerStream, NameOf(nameof(limits.MaxOutsideConsumersPerStream)));
        }
    }

    [LoggerMessage(LogLevel.Warning, "Which consumers run could not be stored; it is tried again at the next look at them.")]
    private static partial void LogRunNotStored(ILogger logger, Exception error);

    /// <summary>The consumers by their names, as long as nobody publishes something else.</summary>
    /// <param name="Published">What was published then.</param>
    /// <param name="IsComplete">Whether that was all.</param>
    /// <param name="Names">The consumers.</param>
    private sealed record ConsumerIndex(
        IReadOnlyDictionary<ConsumerId, ImmutableArray<string>> Published, bool IsComplete, NameIndex<ConsumerId, ConsumerEntry> Names);
}
