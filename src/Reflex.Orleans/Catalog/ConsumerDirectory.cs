using System.Collections.Concurrent;
using Reflex.Consumers;
using Reflex.Orleans.Calls;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>The consumers, as the cluster knows them.</summary>
/// <remarks>
/// Only that a name is kept for a consumer outside is remembered: who runs one of the cluster's own may change with every silo, and of a
/// name that isn't there nothing is remembered, since callers can invent any number of them.
/// </remarks>
internal sealed class ConsumerDirectory(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<ConsumerId, byte> _outside = new();

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(0);

    public async Task<IReadOnlyList<ConsumerId>> ListAsync(CancellationToken cancellationToken)
    {
        var list = await ClusterCall.AnswerAsync(
            () => Catalog.ListConsumersAsync(new ListConsumersRequest()),
            () => "list the consumers",
            cancellationToken).ConfigureAwait(false);
        return [.. list.Consumers.Select(entry => entry.ToId())];
    }

    /// <summary>The consumers of a stream that the cluster runs, and the types of their grains.</summary>
    public async Task<IReadOnlyList<(ConsumerId Consumer, GrainType GrainType)>> ListRunAsync(StreamName stream)
    {
        var list = await Catalog.ListConsumersAsync(new ListConsumersRequest(stream.Value)).ConfigureAwait(false);
        return
        [
            .. from entry in list.Consumers
               let known = KnownConsumer.Of(entry)
               where known.Kind == ConsumerKind.OfTheCluster
               select (entry.ToId(), known.GrainType),
        ];
    }

    /// <summary>Who runs a consumer.</summary>
    /// <returns>The default value when there is no consumer of that name.</returns>
    public ValueTask<KnownConsumer> FindAsync(ConsumerId consumer, CancellationToken cancellationToken) =>
        _outside.ContainsKey(consumer) ? ValueTask.FromResult(KnownConsumer.Outside) : new(AskAsync(consumer, cancellationToken));

    /// <summary>Who runs a consumer that there is now.</summary>
    /// <exception cref="ConsumerNotFoundException">There is none of that name.</exception>
    public async ValueTask<KnownConsumer> RequireAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        var known = await AskAsync(consumer, cancellationToken).ConfigureAwait(false);
        return known.Kind != ConsumerKind.Unknown ? known : throw await NotFoundAsync(consumer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has the cluster keep the name of a consumer that runs outside of it.</summary>
    public async ValueTask RegisterAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        await ClusterCall.AnswerAsync(
            () => Catalog.RegisterConsumerAsync(new RegisterConsumerRequest(consumer.Stream.Value, consumer.Name.Value)),
            () => $"register the consumer {consumer}",
            cancellationToken).ConfigureAwait(false);
        _outside[consumer] = 0;
    }

    /// <summary>
    /// Does what needs the name of a consumer outside, once more when the name that was remembered isn't kept any more.
    /// </summary>
    public async Task<T> WithKnownAsync<T>(ConsumerId consumer, Func<Task<T>> use)
    {
        try
        {
            return await use().ConfigureAwait(false);
        }
        catch (ConsumerConflictException)
        {
            Forget(consumer);
            throw;
        }
        catch (ConsumerNotFoundException)
        {
            Forget(consumer);
            return await use().ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="WithKnownAsync{T}"/>
    public Task WithKnownAsync(ConsumerId consumer, Func<Task> use) => WithKnownAsync(consumer, async () =>
    {
        await use().ConfigureAwait(false);
        return true;
    });

    /// <summary>Asks for a consumer anew the next time: it isn't kept any more, or the cluster runs it itself.</summary>
    public void Forget(ConsumerId consumer) => _outside.TryRemove(consumer, out _);

    private async Task<KnownConsumer> AskAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        var found = await ClusterCall.AnswerAsync(
            () => Catalog.FindConsumerAsync(new FindConsumerRequest(consumer.Stream.Value, consumer.Name.Value)),
            () => $"find the consumer {consumer}",
            cancellationToken).ConfigureAwait(false);
        var known = KnownConsumer.Of(found.Consumer);
        if (known.Kind == ConsumerKind.Outside)
        {
            _outside[consumer] = 0;
        }
        else
        {
            Forget(consumer);
        }

        return known;
    }

    private async Task<ConsumerNotFoundException> NotFoundAsync(ConsumerId consumer, CancellationToken cancellationToken)
    {
        var sample = await ClusterCall.AnswerAsync(
            () => Catalog.SampleConsumersAsync(new SampleConsumersRequest(consumer.Stream.Value, consumer.Name.Value)),
            () => $"find the consumer {consumer}",
            cancellationToken).ConfigureAwait(false);
        return new ConsumerNotFoundException(consumer, [.. sample.Names.Select(ConsumerId.Parse)], sample.Others);
    }
}
