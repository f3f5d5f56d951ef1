using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reflex.Orleans.Hosting;
using Reflex.Orleans.Partitions;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>This process' appenders: one for each partition of the streams that it appends to, if they exist.</summary>
internal sealed class Appenders(
    IGrainFactory grains,
    StreamDirectory streams,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<StreamName, PartitionAppender[]> _streams = new();
    private readonly SendingTurns _turns = new();

    /// <summary>The appenders of a stream's partitions, in their order.</summary>
    public ValueTask<PartitionAppender[]> GetAsync(StreamName stream, CancellationToken cancellationToken) =>
        _streams.TryGetValue(stream, out var appenders) ? ValueTask.FromResult(appenders) : new(MakeAsync(stream, cancellationToken));

    private async Task<PartitionAppender[]> MakeAsync(StreamName stream, CancellationToken cancellationToken)
    {
        var definition = await streams.GetAsync(stream, cancellationToken).ConfigureAwait(false);
        return _streams.GetOrAdd(stream, Make, definition.Partitions);
    }

    private PartitionAppender[] Make(StreamName stream, int partitions)
    {
        var appenders = new PartitionAppender[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            var id = new PartitionId(stream, partition);
            appenders[partition] = new PartitionAppender(
                id, grains.GetGrain<IPartitionGrain>(id.ToString()), _turns, options.Value, timeProvider);
        }

        return appenders;
    }
}
