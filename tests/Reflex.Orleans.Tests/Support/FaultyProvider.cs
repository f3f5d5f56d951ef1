using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A storage that fails when a test says so.</summary>
internal sealed class FaultyProvider(MemoryEventLogProvider inner) : IEventLogProvider
{
    /// <summary>What an opening waits for before it takes the log.</summary>
    public Func<Task> BeforeOpen { get; set; } = () => Task.CompletedTask;

    /// <summary>What opening a log throws; null opens it.</summary>
    public Func<PartitionId, Exception?> OpenFault { get; set; } = _ => null;

    /// <summary>What a question for the epoch waits for before it is asked.</summary>
    public Func<Task> BeforeGetEpoch { get; set; } = () => Task.CompletedTask;

    /// <summary>What a deletion waits for before anything is deleted.</summary>
    public Func<Task> BeforeDelete { get; set; } = () => Task.CompletedTask;

    /// <summary>What a deletion throws after nothing was deleted; null deletes.</summary>
    public Func<PartitionId, Exception?> DeleteFault { get; set; } = _ => null;

    /// <summary>What an append throws after nothing was stored; null stores.</summary>
    public Func<PartitionId, Exception?> AppendFault { get; set; } = _ => null;

    /// <summary>What an append waits for before anything is stored, on a storage that stands still.</summary>
    public Func<Task> BeforeAppend { get; set; } = () => Task.CompletedTask;

    /// <summary>What a read from the beginning waits for; a log that is opened reads its end.</summary>
    public Task ReadGate { get; set; } = Task.CompletedTask;

    /// <summary>What a read throws; null reads.</summary>
    public Func<PartitionId, Exception?> ReadFault { get; set; } = _ => null;

    public string Name => inner.Name;

    public bool ServesClusters => inner.ServesClusters;

    public Durability Durability => inner.Durability;

    public ValueTask StartAsync(CancellationToken cancellationToken) => inner.StartAsync(cancellationToken);

    public async ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        await BeforeOpen();
        return OpenFault(partition) is { } fault
            ? throw fault
            : new FaultyLog(this, partition, await inner.OpenAsync(partition, cancellationToken));
    }

    public ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken) =>
        inner.BeginAsync(partition, start, cancellationToken);

    public ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken) =>
        inner.OpenReaderAsync(partition, cancellationToken);

    public async ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        await BeforeGetEpoch();
        return await inner.GetEpochAsync(partition, cancellationToken);
    }

    public async ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken)
    {
        await BeforeDelete();
        await (DeleteFault(partition) is { } fault ? throw fault : inner.DeleteAsync(partition, epoch, cancellationToken));
    }

    public ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken) =>
        inner.ListAsync(stream, cancellationToken);

    public ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken) =>
        inner.ListDeletedAsync(cancellationToken);

    private sealed class FaultyLog(FaultyProvider provider, PartitionId partition, IEventLog inner) : IEventLog
    {
        public long Epoch => inner.Epoch;

        public LogBounds Bounds => inner.Bounds;

        public LogFailedException? Failure => inner.Failure;

        public async ValueTask AppendAsync(IReadOnlyList<EventBatch> batches)
        {
            await provider.BeforeAppend();
            await (provider.AppendFault(partition) is { } fault ? throw fault : inner.AppendAsync(batches));
        }

        public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
        {
            await (after == EventId.None ? provider.ReadGate.WaitAsync(cancellationToken) : Task.CompletedTask);
            return provider.ReadFault(partition) is { } fault ? throw fault : await inner.ReadAsync(after, maxBytes, cancellationToken);
        }

        public ValueTask ConfirmAsync(CancellationToken cancellationToken) => inner.ConfirmAsync(cancellationToken);

        public ValueTask ImportAsync(IReadOnlyList<EventBatch> batches) => inner.ImportAsync(batches);

        public ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.TrimAsync(retention, now, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
