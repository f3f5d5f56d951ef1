using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A storage that only says what it is.</summary>
internal sealed class NamedStorage(Durability durability) : IEventLogProvider
{
    public string Name => "named";

    public bool ServesClusters => true;

    public Durability Durability => durability;

    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

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
