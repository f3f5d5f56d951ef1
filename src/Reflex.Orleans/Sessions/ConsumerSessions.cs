using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Sessions;

/// <summary>Opens the sessions of this process, and makes its cursor stores.</summary>
internal sealed class ConsumerSessions(
    IGrainFactory grains,
    StreamDirectory streams,
    ConsumerDirectory consumers,
    OutsideConsumers outside,
    RepeatedCalls calls,
    ILogger<PartitionSession> logger)
{
    public ICursorStore GetCursors(StreamName stream, int? partition) =>
        new ClusterCursors(stream, partition, grains, streams, consumers, outside, calls);

    public async Task<IConsumerSession> OpenAsync(
        StreamName stream, int? partition, ConsumerName consumer, CancellationToken cancellationToken)
    {
        var partitions = await PartitionsAsync(streams, stream, partition, cancellationToken).ConfigureAwait(false);
        var id = new ConsumerId(stream, consumer);
        return await consumers.WithKnownAsync(id, () => OpenAsync(id, partitions, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The partitions that somebody asked for.</summary>
    public static async Task<int[]> PartitionsAsync(
        StreamDirectory streams, StreamName stream, int? partition, CancellationToken cancellationToken)
    {
        var definition = await streams.GetAsync(stream, cancellationToken).ConfigureAwait(false);
        if (partition is not { } one)
        {
            return [.. Enumerable.Range(0, definition.Partitions)];
        }

        StreamDirectory.RequirePartition(definition, one);
        return [one];
    }

    private async Task<IConsumerSession> OpenAsync(ConsumerId id, int[] partitions, CancellationToken cancellationToken)
    {
        if (!await outside.IsKnownAsync(id, cancellationToken).ConfigureAwait(false))
        {
            await outside.RegisterAsync(id, partitions, cancellationToken).ConfigureAwait(false);
        }

        var parts = Array.ConvertAll(partitions, index =>
        {
            var key = new ConsumerKey(new PartitionId(id.Stream, index), id.Name);
            return new PartitionSession(key, grains.GetGrain<ISessionGrain>(key.ToString()), calls, logger);
        });
        try
        {
            await Task.WhenAll(parts.Select(part => part.OpenAsync(cancellationToken))).ConfigureAwait(false);
            return new ConsumerSession(id, parts);
        }
        catch
        {
            await Task.WhenAll(parts.Select(part => part.DisposeAsync().AsTask())).ConfigureAwait(false);
            throw;
        }
    }
}
