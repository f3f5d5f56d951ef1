using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Testing;

/// <summary>Reads a partition in memory beside its owner.</summary>
internal sealed class MemoryEventLogReader(MemoryPartition content) : IEventLogReader
{
    public LogBounds Bounds { get; private set; } = content.Look();

    public ValueTask LookAsync(CancellationToken cancellationToken)
    {
        Bounds = content.Look();
        return ValueTask.CompletedTask;
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken) =>
        ValueTask.FromResult(content.Read(Bounds, after, maxBytes));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
