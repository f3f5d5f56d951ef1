using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing;

/// <summary>One owner's hold of a partition in memory; <see cref="MemoryEventLogProvider"/> opens it.</summary>
public sealed class MemoryEventLog : IEventLog
{
    private readonly MemoryPartition _content;
    private bool _disposed;

    internal MemoryEventLog(MemoryPartition content)
    {
        _content = content;
        Epoch = content.TakeEpoch();
    }

    /// <inheritdoc/>
    public long Epoch { get; }

    /// <summary>What the log holds, as far as this owner knows: nothing of what a newer one does.</summary>
    public LogBounds Bounds => _content.BoundsOf(Epoch);

    /// <summary>Null: memory doesn't fail.</summary>
    public LogFailedException? Failure => null;

    /// <inheritdoc/>
    public ValueTask AppendAsync(IReadOnlyList<EventBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _content.Append(Epoch, batches);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ImportAsync(IReadOnlyList<EventBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _content.Import(Epoch, batches);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ValueTask.FromResult(_content.Read(Epoch, after, maxBytes));
    }

    /// <inheritdoc/>
    public ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _content.Confirm(Epoch);
        return ValueTask.CompletedTask;
    }

    /// <summary>Removes some of the oldest batches that a retention doesn't keep.</summary>
    /// <param name="retention">How long events are kept.</param>
    /// <param name="now">The time by the owner's clock.</param>
    /// <param name="cancellationToken">Not needed: it never waits.</param>
    /// <returns>Whether it removed any.</returns>
    public ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return ValueTask.FromResult(_content.Trim(Epoch, retention, now));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return ValueTask.CompletedTask;
    }
}
