using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reflex.Orleans.Catalog;
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
    public ValueTask<PartitionAppender[]> GetAsync(StreamName stream, CancellationToken cancellationToken)
    {
        var definition = streams.GetAsync(stream, cancellationToken);
        return definition.IsCompletedSuccessfully ? ValueTask.FromResult(Of(definition.Result)) : new(WaitAsync(definition));
    }

    private async Task<PartitionAppender[]> WaitAsync(ValueTask<StreamDefinition> definition) => Of(await definition.ConfigureAwait(false));

    private PartitionAppender[] Of(StreamDefinition definition)
    {
        var name = definition.Name;
        while (true)
        {
            var appenders = _streams.GetOrAdd(name, Make, definition.Partitions);
            if (appenders.Length == definition.Partitions)
            {
                return appenders;
            }

            // The stream was deleted and defined anew.
            _streams.TryRemove(KeyValuePair.Create(name, appenders));
        }
    }

    private PartitionAppender[] Make(StreamName stream, int partitions)
    {
        var appenders = new PartitionAppender[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            var id = new PartitionId(stream, partition);
            appenders[partition] = new PartitionAppender(
                id,
                partitions,
                grains.GetGrain<IPartitionGrain>(id.ToString()),
                _turns,
                () => Forget(stream),
                options.Value,
                timeProvider);
        }

        return appenders;
    }

    private void Forget(StreamName stream)
    {
        streams.Forget(stream);
        _streams.TryRemove(stream, out _);
    }
}
