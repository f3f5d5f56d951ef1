using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Storage;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// Holds the streams' definitions and the names of the consumers whose cursors the cluster keeps, in parts, each with a version that
/// keeps two activations from storing one stream differently; and knows which consumers the silos can run.
/// </summary>
[GrainType(CatalogState.GrainType), Reentrant]
internal sealed partial class CatalogGrain(
    [FromKeyedServices(ReflexStorageNames.GrainStorage)] IGrainStorage storage,
    PublishedConsumers published,
    IEventLogProvider logs,
    IOptions<ReflexOptions> options,
    ILogger<CatalogGrain> logger) : Grain, ICatalogGrain
{
    private readonly CatalogStore _store = new(storage);
    private readonly SemaphoreSlim _turn = new(1);

    // What is asked about. Questions come between a change and the end of its writing, and see it only when it is stored.
    private readonly NameIndex<StreamName, StoredStream> _streams = new();
    private readonly Dictionary<StreamName, StoredStream>[] _parts =
        [.. Enumerable.Range(0, CatalogParts.Count).Select(_ => new Dictionary<StreamName, StoredStream>())];

    private ImmutableArray<StreamEntry>? _list;
    private long _partitions;
    private int _outsideConsumers;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var stream in await _store.ReadAsync())
        {
            Show(stream.Definition.Name, stream);
        }
    }

    public Task<FindStreamResponse> FindStreamAsync(FindStreamRequest request)
    {
        var stream = FindDefined(request.Stream);
        return Task.FromResult(new FindStreamResponse(stream?.Definition, stream?.Life));
    }

    public Task<StreamList> ListStreamsAsync(ListStreamsRequest request)
    {
        var all = _list ??= [.. _streams.All.Where(stream => !stream.IsDeleting).Select(stream => stream.Definition)];
        if (request.After is null && request.Most == 0)
        {
            return Task.FromResult(new StreamList(all));
        }

        var first = request.After is { } after ? FirstAfter(all, after) : 0;
        var count = request.Most > 0 ? Math.Min(request.Most, all.Length - first) : all.Length - first;
        return Task.FromResult(new StreamList(all.Slice(first, count)));
    }

    public Task<NameSample> SampleStreamsAsync(SampleStreamsRequest request) => Task.FromResult(_streams.Near(request.Near));

    public async Task<DefineStreamResponse> DefineStreamAsync(DefineStreamRequest request) => await ChangeAsync(async () =>
    {
        var definition = request.Stream.ToDefinition();
        if (_streams.Find(definition.Name) is not { } stored)
        {
            RequireFree(definition.Name);
            RequireRoom(definition);
            await RequireStoredPartitionsAsync(definition);
            await StoreAsync(definition.Name, StoredStream.New(request.Stream));
            return new DefineStreamResponse(IsNew: true);
        }

        if (stored.IsDeleting)
        {
            throw new StreamBeingDeletedException(definition.Name);
        }

        if (stored.Definition.Partitions != definition.Partitions)
        {
            throw new StreamConflictException(stored.Definition.ToDefinition(), definition);
        }

        if (stored.Definition != request.Stream && !request.KeepsStoredRetention)
        {
            await StoreAsync(definition.Name, stored with { Definition = request.Stream });
        }

        return new DefineStreamResponse(IsNew: false);
    });

    private static int FirstAfter(ImmutableArray<StreamEntry> all, string after)
    {
        var (from, to) = (0, all.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = string.CompareOrdinal(all[middle].Name, after) <= 0 ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    /// <exception cref="FormatException">The name is kept for streams of the system's own.</exception>
    private static void RequireFree(StreamName name)
    {
        if (ReservedNames.Contains(name))
        {
            throw new FormatException(
                $"'{name}' can't be the name of a stream: names of three and more parts that end in {ReservedNames.Described} are kept for "
                + "streams of Reflex's own; take another name.");
        }
    }

    private static string NameOf(string option) => $"{nameof(ReflexOptions)}.{option}";

    private StoredStream? FindDefined(StreamName stream) => _streams.Find(stream) is { IsDeleting: false } found ? found : null;

    private void RequireRoom(StreamDefinition definition)
    {
        var limits = options.Value;
        if (_streams.Count >= limits.MaxStreams)
        {
            throw new StreamLimitException(definition.Name, limits.MaxStreams, NameOf(nameof(limits.MaxStreams)));
        }

        if (_partitions + definition.Partitions > limits.MaxPartitions)
        {
            throw new StreamLimitException(definition.Name, limits.MaxPartitions, NameOf(nameof(limits.MaxPartitions)));
        }
    }

    /// <summary>
    /// Of a stream whose definition was lost the logs may be there still: with fewer partitions some of its events would be hidden, and
    /// entities would go on in other partitions.
    /// </summary>
    private async Task RequireStoredPartitionsAsync(StreamDefinition definition)
    {
        var partitions = await logs.ListAsync(definition.Name, CancellationToken.None);
        var count = partitions.Select(partition => partition.Index + 1).DefaultIfEmpty().Max();
        if (definition.Partitions < count)
        {
            throw new StreamConflictException(new StreamDefinition(definition.Name, count, definition.Retention), definition);
        }
    }

    /// <summary>Makes a change, one after the other.</summary>
    private async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        await _turn.WaitAsync();
        try
        {
            return await change();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stores a stream in the place of what was known of it, and shows it then.</summary>
    /// <param name="stream">Its name.</param>
    /// <param name="stored">What is to be stored; null when nothing is.</param>
    private Task StoreAsync(StreamName stream, StoredStream? stored) => StoreAsync([KeyValuePair.Create(stream, stored)]);

    /// <summary>The same for several streams, which are stored part by part.</summary>
    private async Task StoreAsync(IReadOnlyCollection<KeyValuePair<StreamName, StoredStream?>> changes)
    {
        foreach (var part in changes.GroupBy(change => CatalogParts.Of(change.Key)))
        {
            var streams = new Dictionary<StreamName, StoredStream?>(
                _parts[part.Key].Select(stream => KeyValuePair.Create<StreamName, StoredStream?>(stream.Key, stream.Value)));
            foreach (var (name, stored) in part)
            {
                streams[name] = stored;
            }

            try
            {
                await _store.WriteAsync(part.Key, [.. streams.Values.OfType<StoredStream>()]);
            }
            catch
            {
                // Whether it was stored is unknown: the next activation reads what is.
                DeactivateOnIdle();
                throw;
            }

            foreach (var (name, stored) in part)
            {
                Show(name, stored);
            }
        }
    }

    /// <summary>Has questions see what is stored of a stream; null when nothing is.</summary>
    private void Show(StreamName name, StoredStream? stored)
    {
        var part = _parts[CatalogParts.Of(name)];
        if (part.Remove(name, out var before))
        {
            _streams.Remove(name);
            _partitions -= before.Definition.Partitions;
            _outsideConsumers -= CountOutside(before);
        }

        if (stored is not null)
        {
            part.Add(name, stored);
            _streams.Add(name, stored);
            _partitions += stored.Definition.Partitions;
            _outsideConsumers += CountOutside(stored);
        }

        _list = null;
        _consumers = null;
    }
}
