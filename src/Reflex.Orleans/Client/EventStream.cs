using System.Runtime.CompilerServices;
using Reflex.Cursors;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Pages;
using Reflex.Orleans.Partitions;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>A stream through its partitions' grains.</summary>
internal sealed class EventStream(
    StreamName name,
    IGrainFactory grains,
    StreamDirectory streams,
    Appenders appenders,
    PageSources pages,
    ReflexOptions options,
    TimeProvider timeProvider) : IEventStream
{
    // Of a stream of many partitions, so that many who look at it at once don't flood the cluster.
    private const int ConcurrentLooks = 16;

    public StreamName Name => name;

    public async Task<StreamStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var definition = await streams.AskAsync(name, cancellationToken).ConfigureAwait(false);
        var partitions = new List<PartitionStatus>(definition.Partitions);
        foreach (var some in Enumerable.Range(0, definition.Partitions).Chunk(ConcurrentLooks))
        {
            var looks = some.Select(partition => LookAtAsync(partition, cancellationToken));
            partitions.AddRange(await Task.WhenAll(looks).ConfigureAwait(false));
        }

        return new StreamStatus(definition, partitions);
    }

    public async Task<PartitionStatus> GetPartitionStatusAsync(int partition, CancellationToken cancellationToken)
    {
        StreamDirectory.RequirePartition(await streams.GetAsync(name, cancellationToken).ConfigureAwait(false), partition);
        return await LookAtAsync(partition, cancellationToken).ConfigureAwait(false);
    }

    public async Task<EventPosition> AppendAsync(NewEvent newEvent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var partitions = await appenders.GetAsync(name, cancellationToken).ConfigureAwait(false);
        using var activity = ReflexTracing.StartAppend(name, 1);
        var partition = Partitioning.PartitionOf(newEvent.ForeignId, partitions.Length);
        return new EventPosition(partition, await partitions[partition].AppendAsync(newEvent, cancellationToken).ConfigureAwait(false));
    }

    public async Task<IReadOnlyList<EventPosition>> AppendAsync(IReadOnlyList<NewEvent> newEvents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(newEvents);
        cancellationToken.ThrowIfCancellationRequested();
        var partitions = await appenders.GetAsync(name, cancellationToken).ConfigureAwait(false);
        using var activity = ReflexTracing.StartAppend(name, newEvents.Count);

        // Everything is encoded before anything is sent: a bad event means that nothing is appended.
        var positions = new EventPosition[newEvents.Count];
        var appends = Encode(newEvents, positions, partitions.Length);
        var firstIds = await Task.WhenAll(appends.Select((append, partition) => append is null
            ? Task.FromResult(EventId.None)
            : partitions[partition].AppendAsync(append, cancellationToken))).ConfigureAwait(false);
        for (var i = 0; i < positions.Length; i++)
        {
            var (partition, index) = positions[i];
            positions[i] = new EventPosition(partition, new EventId(firstIds[partition].Value + index.Value));
        }

        return positions;
    }

    public async IAsyncEnumerable<Event> StreamAsync(
        Cursor after, StreamOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var definition = await streams.GetAsync(name, cancellationToken).ConfigureAwait(false);
        var filter = EventFilter.Of(options);
        var sources = Enumerable.Range(0, definition.Partitions)
            .Select(partition => pages.Of(new PartitionId(name, partition), filter)).ToArray();
        await foreach (var e in new WholeStream(sources, timeProvider).StreamAsync(after, options, cancellationToken).ConfigureAwait(false))
        {
            yield return e;
        }
    }

    public StreamFunc Partition(int partition)
    {
        var id = new PartitionId(name, partition);
        var all = new PartitionStream(pages.Of(id), timeProvider);
        return (after, options, cancellationToken) => EventFilter.Of(options) is { } filter
            ? new PartitionStream(pages.Of(id, filter), timeProvider).StreamAsync(after, options, cancellationToken)
            : all.StreamAsync(after, options, cancellationToken);
    }

    private async Task<PartitionStatus> LookAtAsync(int partition, CancellationToken cancellationToken)
    {
        var bounds = await ClusterCall.AnswerAsync(
            () => Grain(partition).GetBoundsAsync(GetBoundsRequest.Instance),
            () => $"look at {name}/{partition}",
            cancellationToken).ConfigureAwait(false);
        return new PartitionStatus(partition, new EventId(bounds.Oldest), new EventId(bounds.Head), bounds.Bytes, bounds.HeadEpoch);
    }

    /// <summary>Encodes each partition's events; leaves each event's place in its partition's append in its position.</summary>
    private EncodedAppend?[] Encode(IReadOnlyList<NewEvent> newEvents, EventPosition[] positions, int partitions)
    {
        var builders = new EventBatchBuilder?[partitions];
        for (var i = 0; i < positions.Length; i++)
        {
            var e = newEvents[i];
            var partition = Partitioning.PartitionOf(e.ForeignId, partitions);
            var builder = builders[partition] ??= new EventBatchBuilder(timeProvider, options.MaxEventBytes);
            positions[i] = new EventPosition(partition, new EventId(builder.Count));
            builder.Add(e);
            if (builder.Bytes > options.MaxAppendBytes)
            {
                throw new EventTooLargeException(
                    $"The append of {positions.Length} events", builder.Bytes, options.MaxAppendBytes, "append them in parts");
            }
        }

        return [.. builders.Select(builder => builder is null ? null : EncodedAppend.Of(builder))];
    }

    private IPartitionGrain Grain(int partition) => grains.GetGrain<IPartitionGrain>(new PartitionId(name, partition).ToString());
}
