using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Reflex.Orleans.Calls;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>The streams' definitions as this process knows them.</summary>
/// <remarks>
/// What is known is used at once, and asked for anew in the background when it is a while old: so a catalog that doesn't answer holds up
/// nobody, and a stream that was deleted elsewhere, or defined anew, isn't taken for the old one for long.
/// </remarks>
internal sealed class StreamDirectory(
    IGrainFactory grains, [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider, CallLosses losses)
{
    // One call for each stream that a process uses in this time costs nothing that shows.
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<StreamName, Known> _known = new();

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(0);

    public static void RequirePartition(StreamDefinition definition, int partition)
    {
        if (partition < 0 || partition >= definition.Partitions)
        {
            throw new PartitionNotFoundException(definition.Name, partition, definition.Partitions);
        }
    }

    /// <summary>Whether a failure says that what is known of a stream isn't so any more.</summary>
    public static bool IsGone(Exception error) =>
        error is StreamNotFoundException or PartitionNotFoundException or StreamReplacedException;

    /// <summary>A stream as it is known, or as it is when it isn't.</summary>
    /// <exception cref="StreamNotFoundException">There is none of that name.</exception>
    public ValueTask<StreamDefinition> GetAsync(StreamName name, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(name, out var known))
        {
            return new(AskAsync(name, cancellationToken));
        }

        if (timeProvider.GetElapsedTime(known.TriedAt) >= FreshFor && known.TryRefresh())
        {
            AskAsync(name, CancellationToken.None).Ignore();
        }

        return ValueTask.FromResult(known.Definition);
    }

    /// <summary>A stream as the catalog has it, or had it a moment ago: many partitions of one stream ask together.</summary>
    /// <exception cref="StreamNotFoundException">There is none of that name.</exception>
    public ValueTask<StreamDefinition> GetFreshAsync(StreamName name, CancellationToken cancellationToken) =>
        _known.TryGetValue(name, out var known) && timeProvider.GetElapsedTime(known.AskedAt) < Moment
            ? ValueTask.FromResult(known.Definition)
            : new(AskAsync(name, cancellationToken));

    /// <summary>A stream as the catalog has it now.</summary>
    /// <remarks>Of a name that isn't there nothing is remembered.</remarks>
    /// <exception cref="StreamNotFoundException">There is none of that name.</exception>
    public async Task<StreamDefinition> AskAsync(StreamName name, CancellationToken cancellationToken) =>
        (await AskLifeAsync(name, cancellationToken).ConfigureAwait(false)).Definition;

    /// <summary>The same with the stream's id among those of its name; null when an older version has defined it.</summary>
    /// <exception cref="StreamNotFoundException">There is none of that name.</exception>
    public async Task<(StreamDefinition Definition, Guid? Life)> AskLifeAsync(StreamName name, CancellationToken cancellationToken)
    {
        string What() => $"find the stream '{name}'";
        try
        {
            var found = await ClusterCall.AnswerAsync(
                () => losses.AnswerAsync(() => Catalog.FindStreamAsync(new FindStreamRequest(name.Value))),
                What,
                cancellationToken).ConfigureAwait(false);
            if (found.Stream is { } stream)
            {
                return (Remember(stream.ToDefinition()), found.Life);
            }
        }
        catch
        {
            // What is known is used on, and asked for again after as long.
            if (_known.TryGetValue(name, out var known))
            {
                _known.TryUpdate(name, known.TriedNow(timeProvider.GetTimestamp()), known);
            }

            throw;
        }

        Forget(name);
        var sample = await ClusterCall.AnswerAsync(
            () => Catalog.SampleStreamsAsync(new SampleStreamsRequest(name.Value)),
            What,
            cancellationToken).ConfigureAwait(false);
        throw new StreamNotFoundException(name, [.. sample.Names.Select(StreamName.Parse)], sample.Others);
    }

    /// <summary>The streams after a name, in the order of their names.</summary>
    /// <param name="after">The name, which needn't be there; null for all.</param>
    /// <param name="most">How many at most; 0 for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<StreamDefinition>> ListAsync(StreamName? after, int most, CancellationToken cancellationToken)
    {
        var list = await ClusterCall.AnswerAsync(
            () => Catalog.ListStreamsAsync(new ListStreamsRequest(after?.Value, most)),
            () => "list the streams",
            cancellationToken).ConfigureAwait(false);
        return [.. list.Streams.Select(stream => stream.ToDefinition())];
    }

    /// <summary>Defines a stream, or changes its retention.</summary>
    /// <returns>Whether it is new.</returns>
    public async Task<bool> DefineAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        var defined = await ClusterCall.AnswerAsync(
            () => Catalog.DefineStreamAsync(new DefineStreamRequest(StreamEntry.Of(definition), definition.KeepsStoredRetention)),
            () => $"define the stream '{definition.Name}'",
            cancellationToken).ConfigureAwait(false);
        if (defined.IsNew || !definition.KeepsStoredRetention)
        {
            Remember(definition with { KeepsStoredRetention = false });
        }

        return defined.IsNew;
    }

    /// <summary>Asks for a stream anew the next time: it isn't there any more, or is another one.</summary>
    public void Forget(StreamName name) => _known.TryRemove(name, out _);

    private StreamDefinition Remember(StreamDefinition definition)
    {
        var now = timeProvider.GetTimestamp();
        _known[definition.Name] = new Known(definition, askedAt: now, triedAt: now);
        return definition;
    }

    private sealed class Known(StreamDefinition definition, long askedAt, long triedAt)
    {
        private int _refreshing;

        public StreamDefinition Definition => definition;

        /// <summary>When the catalog said so.</summary>
        public long AskedAt => askedAt;

        /// <summary>When it was asked last, even if it didn't answer.</summary>
        public long TriedAt => triedAt;

        public Known TriedNow(long now) => new(definition, askedAt, now);

        public bool TryRefresh() => Interlocked.Exchange(ref _refreshing, 1) == 0;
    }
}
