using System.Collections.Concurrent;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing;

/// <summary>A storage that lasts as long as this object: for tests.</summary>
/// <remarks>
/// It keeps the whole contract of <see cref="IEventLogProvider"/> except that it survives nothing. A log that is opened again
/// has its content, and fences the owner before it, as after a restart or with two owners at once. It never waits, and every
/// task of it has ended when the call returns.
/// </remarks>
public sealed class MemoryEventLogProvider : IEventLogProvider
{
    private readonly ConcurrentDictionary<PartitionId, MemoryPartition> _partitions = new();

    /// <inheritdoc/>
    public string Name => "memory";

    /// <summary>Whether several silos can use this storage at once: those of one process can, if they share this object.</summary>
    public bool ServesClusters => true;

    /// <summary>As for a real storage, so that nothing warns of it.</summary>
    public Durability Durability => Durability.Flushed;

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var content = _partitions.GetOrAdd(partition, id => new MemoryPartition(id));
        return ValueTask.FromResult<IEventLog>(new MemoryEventLog(content));
    }

    /// <inheritdoc/>
    public ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken)
    {
        start.ThrowIfImpossible(nameof(start));
        _partitions.GetOrAdd(partition, id => new MemoryPartition(id)).Begin(start);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IEventLogReader?>(
            _partitions.TryGetValue(partition, out var content) && !content.IsDeleted ? new MemoryEventLogReader(content) : null);

    /// <inheritdoc/>
    public ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_partitions.TryGetValue(partition, out var content) ? content.Epoch : 0);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken)
    {
        if (_partitions.TryGetValue(partition, out var content))
        {
            content.Delete(epoch);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyCollection<PartitionId>>(
            [
                .. from entry in _partitions
                   where (stream is null || entry.Key.Stream == stream) && !entry.Value.IsDeleted
                   select entry.Key,
            ]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyCollection<DeletedLog>>(
            [.. from entry in _partitions let left = entry.Value.Left where left is not null select new DeletedLog(entry.Key, left.Value)]);
}
