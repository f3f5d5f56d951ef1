using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Upkeep;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>The cluster as seen from this process: a silo, or an Orleans client outside.</summary>
internal sealed class ReflexClient(
    IGrainFactory grains,
    StreamDirectory streams,
    ConsumerDirectory consumers,
    Appenders appenders,
    PageSources pages,
    SessionOpener sessions,
    OutsideConsumers outside,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider) : IReflexClient
{
    public IEventStream GetStream(StreamName stream) => stream.IsDefault
        ? throw new ArgumentException("A stream needs a name.", nameof(stream))
        : new EventStream(stream, grains, streams, appenders, pages, options.Value, timeProvider);

    public IConsumerControl GetConsumer(StreamName stream, ConsumerName consumer) => stream.IsDefault || consumer.IsDefault
        ? throw new ArgumentException("A consumer needs its stream's name and its own.", nameof(consumer))
        : new ConsumerControl(new ConsumerId(stream, consumer), grains, streams, consumers, outside);

    public async Task<bool> DefineStreamAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var isNew = await streams.DefineAsync(definition, cancellationToken).ConfigureAwait(false);
        if (isNew)
        {
            StartConsumersAsync(definition).Ignore();
        }

        return isNew;
    }

    public async Task<bool> DeleteStreamAsync(StreamName stream, CancellationToken cancellationToken)
    {
        if (stream.IsDefault)
        {
            throw new ArgumentException("A stream needs a name.", nameof(stream));
        }

        var deleted = await ClusterCall.AnswerAsync(
            () => grains.GetGrain<IRemovalGrain>(stream.Value).DeleteStreamAsync(new DeleteStreamRequest()),
            () => $"delete the stream '{stream}'",
            cancellationToken).ConfigureAwait(false);
        streams.Forget(stream);
        return deleted.WasThere;
    }

    public Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken) =>
        streams.ListAsync(after: null, most: 0, cancellationToken);

    public Task<IReadOnlyList<StreamDefinition>> ListStreamsAsync(StreamName? after, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return streams.ListAsync(after, most, cancellationToken);
    }

    public Task<IReadOnlyList<ConsumerId>> ListConsumersAsync(CancellationToken cancellationToken) =>
        consumers.ListAsync(cancellationToken);

    public ICursorStore GetCursors(StreamName stream, int? partition) => stream.IsDefault
        ? throw new ArgumentException("A stream needs a name.", nameof(stream))
        : sessions.GetCursors(stream, partition);

    public Task<IConsumerSession> OpenSessionAsync(
        StreamName stream, int? partition, ConsumerName consumer, CancellationToken cancellationToken)
    {
        if (stream.IsDefault || consumer.IsDefault)
        {
            throw new ArgumentException("A session needs the names of a stream and of a consumer.", nameof(consumer));
        }

        return sessions.OpenAsync(stream, partition, consumer, cancellationToken);
    }

    /// <summary>Starts the consumers that waited for a stream, at once; the consumer service would do it at its next look.</summary>
    private async Task StartConsumersAsync(StreamDefinition definition)
    {
        foreach (var (id, grainType) in await consumers.ListRunAsync(definition.Name).ConfigureAwait(false))
        {
            for (var partition = 0; partition < definition.Partitions; partition++)
            {
                await grains.GetPart(grainType, id, partition).EnsureRunningAsync(EnsureRunningRequest.Instance).ConfigureAwait(false);
            }
        }
    }
}
