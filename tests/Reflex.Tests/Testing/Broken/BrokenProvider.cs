using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;

namespace Reflex.Tests.Testing.Broken;

/// <summary>A storage in memory with a fault.</summary>
internal sealed class BrokenProvider(Fault fault) : IEventLogProvider
{
    private readonly Dictionary<PartitionId, BrokenLog> _newest = [];
    private readonly Lock _lock = new();
    private MemoryEventLogProvider _inner = new();

    public string Name => $"broken ({fault})";

    public bool ServesClusters => true;

    public Durability Durability => Durability.Flushed;

    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>What the process' end does to it.</summary>
    public void Restart()
    {
        if (fault == Fault.LosesEventsAtRestart)
        {
            _inner = new MemoryEventLogProvider();
        }
    }

    public async ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        partition = fault switch
        {
            Fault.MixesPartitions => partition with { Index = 0 },
            Fault.CutsLongNames when partition.Stream.Value.Length > 64 => partition with { Stream = partition.Stream.Value[..64] },
            Fault.RefusesHighPartitions when partition.Index > 1000 => throw new ArgumentException("Too many partitions."),
            _ => partition,
        };
        var log = (MemoryEventLog)await _inner.OpenAsync(partition, cancellationToken);
        lock (_lock)
        {
            return _newest[partition] = new BrokenLog(fault, log, () => _newest[partition]);
        }
    }

    public async ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken)
    {
        var all = await _inner.ListAsync(fault == Fault.ListsOtherStreams ? null : stream, cancellationToken);
        return fault == Fault.ListsWithoutHighPartitions ? [.. all.Where(partition => partition.Index == 0)] : all;
    }
}
