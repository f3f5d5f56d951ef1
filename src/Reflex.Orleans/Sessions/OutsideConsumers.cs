using System.Collections.Immutable;
using Reflex.Consumers;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.Sessions;

/// <summary>The consumers that run outside the cluster: who is one, and what is stored of one.</summary>
internal sealed class OutsideConsumers(IGrainFactory grains, ConsumerDirectory consumers, RepeatedCalls calls)
{
    private IStoredConsumersGrain Stored => grains.GetGrain<IStoredConsumersGrain>(0);

    /// <summary>Whether the cluster keeps the name.</summary>
    /// <exception cref="ConsumerConflictException">The cluster runs a consumer of that name itself.</exception>
    public async ValueTask<bool> IsKnownAsync(ConsumerId consumer, CancellationToken cancellationToken) =>
        (await FindAsync(consumer, cancellationToken).ConfigureAwait(false)).Kind switch
        {
            ConsumerKind.OfTheCluster => throw new ConsumerConflictException(consumer),
            var kind => kind == ConsumerKind.Outside,
        };

    /// <summary>Who runs a consumer; the default value when there is none of that name.</summary>
    public async ValueTask<KnownConsumer> FindAsync(ConsumerId consumer, CancellationToken cancellationToken) => await calls.AnswerAsync(
        () => consumers.FindAsync(consumer, cancellationToken).AsTask(),
        consumer.Stream,
        () => $"find the consumer {consumer}",
        cancellationToken).ConfigureAwait(false);

    /// <summary>Reads what is stored of a consumer on some partitions, in their order.</summary>
    public async Task<ImmutableArray<StoredPart>> ReadAsync(ConsumerId consumer, int[] partitions, CancellationToken cancellationToken)
    {
        var stored = await calls.AnswerAsync(
            () => Stored.ReadAsync(RequestFor(consumer, partitions)),
            consumer.Stream,
            () => $"read the cursor of {consumer}",
            cancellationToken).ConfigureAwait(false);
        return stored.Parts;
    }

    /// <summary>How far a consumer is whose name is kept, on each of its stream's partitions.</summary>
    /// <param name="consumer">The consumer that is asked about.</param>
    /// <param name="partitions">How many partitions its stream has.</param>
    /// <param name="isUnregistered">Whether the cluster has run it, and no silo can now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<ConsumerPartitionStatus>> GetStatusAsync(
        ConsumerId consumer, int partitions, bool isUnregistered, CancellationToken cancellationToken)
    {
        var statuses = await ClusterCall.AnswerAsync(
            () => Stored.GetStatusAsync(RequestFor(consumer, [.. Enumerable.Range(0, partitions)], isUnregistered)),
            () => $"ask the consumer {consumer}",
            cancellationToken).ConfigureAwait(false);
        return [.. statuses.Parts.Select(part => part.ToStatus())];
    }

    /// <summary>
    /// Has the cluster keep a name that is new to it, once nothing is left that would refuse the consumer. That it isn't stopped is
    /// read from storage: of a name that isn't kept no grain knows anything, and a refused one is to leave none behind.
    /// </summary>
    /// <exception cref="ConsumerStoppedException">It was stopped, when the cluster ran it.</exception>
    /// <exception cref="ConsumerLimitException">There are as many such consumers as there may be.</exception>
    public async Task RegisterAsync(ConsumerId consumer, int[] partitions, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(consumer, partitions, cancellationToken).ConfigureAwait(false);
        if (stored.Any(part => part.IsStopped))
        {
            throw new ConsumerStoppedException(consumer);
        }

        await consumers.RegisterAsync(consumer, cancellationToken).ConfigureAwait(false);
    }

    private static PartsRequest RequestFor(ConsumerId consumer, int[] partitions, bool isUnregistered = false) =>
        new(consumer.Stream.Value, consumer.Name.Value, ImmutableArray.Create(partitions), isUnregistered);
}
