using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A stream in memory, whose calls a test may make fail.</summary>
internal sealed class MemoryStream : IEventStream, IAsyncDisposable
{
    private readonly PartitionLog[] _partitions;
    private readonly MemoryPageSource[] _sources;

    public MemoryStream(StreamDefinition definition, PartitionLog[] partitions)
    {
        Definition = definition;
        _partitions = partitions;
        _sources = [.. partitions.Select(log => new MemoryPageSource(log, () => FailNextRead))];
    }

    public StreamDefinition Definition { get; }

    public StreamName Name => Definition.Name;

    /// <summary>What every call of the kind fails with; null lets it work.</summary>
    public Exception? FailAppends { get; set; }

    public Exception? FailStatus { get; set; }

    public Exception? FailNextRead { get; set; }

    public Task<StreamStatus> GetStatusAsync(CancellationToken cancellationToken = default) => FailStatus is { } error
        ? Task.FromException<StreamStatus>(error)
        : Task.FromResult(new StreamStatus(
            Definition,
            [.. _partitions.Select((log, i) => new PartitionStatus(i, log.Bounds.Oldest, log.Bounds.Head, log.Bounds.Bytes))]));

    public async Task<EventPosition> AppendAsync(NewEvent newEvent, CancellationToken cancellationToken = default) =>
        (await AppendAsync([newEvent], cancellationToken))[0];

    public async Task<IReadOnlyList<EventPosition>> AppendAsync(
        IReadOnlyList<NewEvent> newEvents, CancellationToken cancellationToken = default)
    {
        if (FailAppends is { } error)
        {
            throw error;
        }

        var builders = new EventBatchBuilder?[_partitions.Length];
        var places = new List<(int Partition, int Index)>();
        foreach (var e in newEvents)
        {
            var partition = Partitioning.PartitionOf(e.ForeignId, _partitions.Length);
            var builder = builders[partition] ??= new EventBatchBuilder(TimeProvider.System);
            places.Add((partition, builder.Count));
            builder.Add(e);
        }

        var firstIds = await Task.WhenAll(builders.Select((builder, i) =>
            builder is null ? Task.FromResult(EventId.None) : _partitions[i].AppendAsync(builder.Build())));
        return [.. places.Select(p => new EventPosition(p.Partition, new EventId(firstIds[p.Partition].Value + p.Index)))];
    }

    public IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions options, CancellationToken cancellationToken = default) =>
        new WholeStream(_sources, TimeProvider.System).StreamAsync(after, options, cancellationToken);

    public StreamFunc Partition(int partition) => new PartitionStream(_sources[partition], TimeProvider.System).StreamAsync;

    public Task TrimAsync(Retention retention) => Task.WhenAll(_partitions.Select(log => log.TrimAsync(retention, default)));

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _partitions)
        {
            await log.DisposeAsync();
        }
    }
}
