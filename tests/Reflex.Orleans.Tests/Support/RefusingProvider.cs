using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A storage that can't be used.</summary>
internal sealed class RefusingProvider : IEventLogProvider
{
    public string Name => "refusing";

    public bool ServesClusters => true;

    public Durability Durability => Durability.Flushed;

    public ValueTask StartAsync(CancellationToken cancellationToken) => throw new StorageRefusedException("held by somebody");

    public ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
