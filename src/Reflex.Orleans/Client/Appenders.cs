using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Streams;

namespace Reflex.Orleans.Client;

/// <summary>This process' appenders: one for each partition of the streams that it appends to, if they exist.</summary>
internal sealed class Appenders(
    IGrainFactory grains,
    StreamDirectory streams,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    CallLosses losses)
{
    // How long a stream's appenders are used without a look at its definition: an append shall cost one look-up.
    private const long LookMilliseconds = 1000;

    private readonly ConcurrentDictionary<StreamName, Known> _streams = new();
    private readonly SendingTurns _turns = new();

    /// <summary>The appenders of a stream's partitions, in their order.</summary>
    public ValueTask<PartitionAppender[]> GetAsync(StreamName stream, CancellationToken cancellationToken)
    {
        if (_streams.TryGetValue(stream, out var known) && Environment.TickCount64 - known.LookedAt < LookMilliseconds)
        {
            return ValueTask.FromResult(known.Appenders);
        }

        var definition = streams.GetAsync(stream, cancellationToken);
        return definition.IsCompletedSuccessfully ? ValueTask.FromResult(Of(definition.Result)) : new(WaitAsync(definition));
    }

    private async Task<PartitionAppender[]> WaitAsync(ValueTask<StreamDefinition> definition) => Of(await definition.ConfigureAwait(false));

    /// <summary>Those of a definition: others than before where the stream was deleted and defined anew.</summary>
    private PartitionAppender[] Of(StreamDefinition definition) => _streams.AddOrUpdate(
        definition.Name,
        name => new Known(Make(name, definition.Partitions), Environment.TickCount64),
        (name, known) => new Known(
            known.Appenders.Length == definition.Partitions ? known.Appenders : Make(name, definition.Partitions),
            Environment.TickCount64)).Appenders;

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
                timeProvider,
                losses);
        }

        return appenders;
    }

    private void Forget(StreamName stream)
    {
        streams.Forget(stream);
        _streams.TryRemove(stream, out _);
    }

    /// <param name="Appenders">One for each partition.</param>
    /// <param name="LookedAt">When the definition was looked at last, in the system's milliseconds.</param>
    private sealed record Known(PartitionAppender[] Appenders, long LookedAt);
}
