using Reflex.Copying.Places;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Tests.Support;

/// <summary>A target whose changes are steps.</summary>
internal sealed class SteppedTarget(ICopyTarget inner, Steps steps) : ICopyTarget, IEventLogProvider
{
    public string Place => inner.Place;

    public IEventLogProvider Logs => this;

    public bool IsFinished => inner.IsFinished;

    public string Name => inner.Logs.Name;

    public bool ServesClusters => inner.Logs.ServesClusters;

    public Durability Durability => inner.Logs.Durability;

    public Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken) => inner.ReadStateAsync(cancellationToken);

    public Task FinishAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellationToken) => steps.RunAsync(
        "finish", () => new ValueTask(inner.FinishAsync(records, cancellationToken))).AsTask();

    public ValueTask StartAsync(CancellationToken cancellationToken) => inner.Logs.StartAsync(cancellationToken);

    public async ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken) => new SteppedLog(
        await steps.RunAsync("open", () => inner.Logs.OpenAsync(partition, cancellationToken)), steps);

    public ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken) =>
        steps.RunAsync("begin", () => inner.Logs.BeginAsync(partition, start, cancellationToken));

    public ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken) =>
        steps.RunAsync("delete", () => inner.Logs.DeleteAsync(partition, epoch, cancellationToken));

    public ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken) =>
        inner.Logs.OpenReaderAsync(partition, cancellationToken);

    public ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken) =>
        inner.Logs.GetEpochAsync(partition, cancellationToken);

    public ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken) =>
        inner.Logs.ListAsync(stream, cancellationToken);

    public ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken) =>
        inner.Logs.ListDeletedAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class SteppedLog(IEventLog log, Steps steps) : IEventLog
    {
        public long Epoch => log.Epoch;

        public LogBounds Bounds => log.Bounds;

        public LogFailedException? Failure => log.Failure;

        public ValueTask AppendAsync(IReadOnlyList<EventBatch> batches) => log.AppendAsync(batches);

        public ValueTask ImportAsync(IReadOnlyList<EventBatch> batches) => steps.RunAsync("import", () => log.ImportAsync(batches));

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(Events.EventId after, int maxBytes, CancellationToken cancellationToken) =>
            log.ReadAsync(after, maxBytes, cancellationToken);

        public ValueTask ConfirmAsync(CancellationToken cancellationToken) => log.ConfirmAsync(cancellationToken);

        public ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
            log.TrimAsync(retention, now, cancellationToken);

        public ValueTask DisposeAsync() => log.DisposeAsync();
    }
}
