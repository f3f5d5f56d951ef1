using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Reflex.Orleans.Sessions;

/// <summary>Opens the sessions of this process, and makes its cursor stores.</summary>
internal sealed class SessionOpener(
    IGrainFactory grains,
    StreamDirectory streams,
    ConsumerDirectory consumers,
    OutsideConsumers outside,
    RepeatedCalls calls,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<PartitionSession> logger)
{
    // The call that opens may be lost once, and is made again after half as long. Whoever takes longer was frozen, or cut off, and its
    // caller has probably opened the next session elsewhere.
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(20);

    public ICursorStore GetCursors(StreamName stream, int? partition) =>
        new ClusterCursors(stream, partition, grains, streams, consumers, outside, calls, timeProvider);

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

        while (true)
        {
            var parts = Array.ConvertAll(partitions, index => PartOf(new ConsumerKey(new PartitionId(id.Stream, index), id.Name)));
            try
            {
                if (await TryOpenAsync(parts, cancellationToken).ConfigureAwait(false))
                {
                    return new ConsumerSession(id, parts);
                }
            }
            catch
            {
                await CloseAsync(parts).ConfigureAwait(false);
                throw;
            }

            await CloseAsync(parts).ConfigureAwait(false);
        }
    }

    private PartitionSession PartOf(ConsumerKey key) => new(key, grains.GetGrain<ISessionGrain>(key.ToString()), calls, logger);

    private static Task CloseAsync(PartitionSession[] parts) => Task.WhenAll(parts.Select(part => part.DisposeAsync().AsTask()));

    /// <summary>
    /// Takes the parts over, the first one before the others: of sessions that open at once the last one there has them all.
    /// </summary>
    /// <returns>
    /// False when another session has got a part with the same number, whose opening was under way at the same time: perhaps an earlier one
    /// of the same caller, who has given it up. It is to be opened again, with a higher number.
    /// </returns>
    /// <exception cref="ConsumerReplacedException">A newer session has them, or may have.</exception>
    private async Task<bool> TryOpenAsync(PartitionSession[] parts, CancellationToken cancellationToken)
    {
        var numbers = await Task.WhenAll(parts.Select(part => part.FindNumberAsync(cancellationToken))).ConfigureAwait(false);
        var began = timeProvider.GetTimestamp();
        var isNumbered = Array.TrueForAll(numbers, number => number is not null);
        var session = isNumbered ? SessionIds.After(numbers.Max() ?? 0) : Guid.NewGuid();
        var isFirstOpen = false;
        try
        {
            await parts[0].OpenAsync(session, cancellationToken).ConfigureAwait(false);
            isFirstOpen = true;
            await Task.WhenAll(parts.Skip(1).Select(part => part.OpenAsync(session, cancellationToken))).ConfigureAwait(false);
            return true;
        }
        catch (ConsumerReplacedException) when (isNumbered && timeProvider.GetElapsedTime(began) < LongestOpening)
        {
            if (isFirstOpen && await parts[0].FindNumberAsync(cancellationToken).ConfigureAwait(false) != SessionIds.NumberOf(session))
            {
                throw;
            }

            return false;
        }
    }
}
