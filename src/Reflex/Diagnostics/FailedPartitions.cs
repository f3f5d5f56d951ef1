using System.Collections.Concurrent;
using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>
/// The partitions that this process should serve and can't, or not all of it, for health checks. A silo keeps it, as a service. A
/// partition stays until it is opened without a fault.
/// Thread-safe.
/// </summary>
public sealed class FailedPartitions
{
    private readonly ConcurrentDictionary<PartitionId, string> _errors = new();

    /// <summary>The partitions, ordered by stream and index.</summary>
    public IReadOnlyList<FailedPartition> All =>
    [
        .. _errors.Select(entry => new FailedPartition(entry.Key, entry.Value))
            .OrderBy(failed => failed.Partition.Stream.Value, StringComparer.Ordinal)
            .ThenBy(failed => failed.Partition.Index),
    ];

    /// <summary>Says that a partition can't be used now, or a part of it.</summary>
    /// <param name="partition">Which one.</param>
    /// <param name="error">Why. Only what clients may read of it is kept.</param>
    /// <returns>Whether that wasn't known: the partition could be used, or couldn't for another reason.</returns>
    public bool Add(PartitionId partition, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var text = error is ReflexException known ? known.ClientMessage : "An unexpected error; the log of the silo tells more.";
        var isNew = !_errors.TryGetValue(partition, out var before) || before != text;
        _errors[partition] = text;
        return isNew;
    }

    /// <summary>Says that a partition can be used, or isn't this process' any more.</summary>
    /// <param name="partition">Which one.</param>
    public void Remove(PartitionId partition) => _errors.TryRemove(partition, out _);
}
