using System.Collections.Concurrent;
using Reflex.Consumers;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Sessions;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>The registered consumers as this process knows them, and the way to their grains.</summary>
/// <remarks>Of a name that isn't there nothing is remembered: callers can invent any number of them.</remarks>
internal sealed class ConsumerDirectory(IGrainFactory grains)
{
    private static readonly GrainType Session = GrainType.Create(SessionGrain.TypeName);

    private volatile ConcurrentDictionary<ConsumerId, GrainType> _known = new();

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(0);

    public async Task<IReadOnlyList<ConsumerId>> ListAsync(CancellationToken cancellationToken)
    {
        var list = await Catalog.ListConsumersAsync(ListConsumersRequest.Instance)
            .AnswerAsync(() => "list the consumers", cancellationToken).ConfigureAwait(false);

        // In place of the old one, which may hold what isn't there any more.
        _known = new(list.Consumers.Select(entry => KeyValuePair.Create(entry.ToId(), GrainType.Create(entry.GrainType))));
        return [.. list.Consumers.Select(entry => entry.ToId())];
    }

    /// <summary>The grain of a consumer's part on a partition.</summary>
    public async ValueTask<IConsumerGrain> GetAsync(ConsumerId consumer, int partition, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(consumer, out var grainType))
        {
            grainType = await FindAsync(consumer, cancellationToken).ConfigureAwait(false)
                ?? throw await NotFoundAsync(consumer, cancellationToken).ConfigureAwait(false);
        }

        var key = new ConsumerKey(new PartitionId(consumer.Stream, partition), consumer.Name);
        return grains.GetGrain<IConsumerGrain>(GrainId.Create(grainType, key.ToString()));
    }

    /// <summary>Who runs a consumer. A name that was kept for one outside is kept for good; of any other the catalog is asked.</summary>
    public async ValueTask<ConsumerKind> GetKindAsync(ConsumerId consumer, CancellationToken cancellationToken) =>
        _known.TryGetValue(consumer, out var known) && known == Session
            ? ConsumerKind.Outside
            : KindOf(await FindAsync(consumer, cancellationToken).ConfigureAwait(false));

    /// <summary>Who runs a consumer that there is, as far as this process knows.</summary>
    /// <exception cref="ConsumerNotFoundException">There is none of that name.</exception>
    public async ValueTask<ConsumerKind> RequireKindAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        var kind = KindOf(_known.TryGetValue(consumer, out var known)
            ? known
            : await FindAsync(consumer, cancellationToken).ConfigureAwait(false));
        return kind != ConsumerKind.Unknown ? kind : throw await NotFoundAsync(consumer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has the cluster keep the name of a consumer that runs outside of it.</summary>
    public async ValueTask RegisterAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        await Catalog.RegisterConsumerAsync(new RegisterConsumerRequest(consumer.Stream.Value, consumer.Name.Value))
            .AnswerAsync(() => $"register the consumer {consumer}", cancellationToken).ConfigureAwait(false);
        _known[consumer] = Session;
    }

    /// <summary>Asks for a consumer anew the next time: it has changed its kind.</summary>
    public void Forget(ConsumerId consumer) => _known.TryRemove(consumer, out _);

    private static ConsumerKind KindOf(GrainType? grainType) => grainType switch
    {
        null => ConsumerKind.Unknown,
        { } type => type == Session ? ConsumerKind.Outside : ConsumerKind.OfTheCluster,
    };

    private async Task<GrainType?> FindAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        var found = await Catalog.FindConsumerAsync(new FindConsumerRequest(consumer.Stream.Value, consumer.Name.Value))
            .AnswerAsync(() => $"find the consumer {consumer}", cancellationToken).ConfigureAwait(false);
        if (found.Consumer is not { } entry)
        {
            Forget(consumer);
            return null;
        }

        return _known[consumer] = GrainType.Create(entry.GrainType);
    }

    private async Task<ConsumerNotFoundException> NotFoundAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        var sample = await Catalog.SampleConsumersAsync(new SampleConsumersRequest(consumer.Stream.Value, consumer.Name.Value))
            .AnswerAsync(() => $"find the consumer {consumer}", cancellationToken).ConfigureAwait(false);
        return new ConsumerNotFoundException(consumer, [.. sample.Names.Select(Parse)], sample.Others);
    }

    private static ConsumerId Parse(string id) => id.Split('/') is [var stream, var name]
        ? new ConsumerId(stream, name)
        : throw new FormatException($"'{id}' is not a consumer: expected stream and name such as orders/send-receipt.");
}
