using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A storage in memory whose logs fail and wait as a test says.</summary>
internal sealed class ScriptedProvider : IEventLogProvider
{
    private readonly MemoryEventLogProvider _inner = new();

    public string Name => _inner.Name;

    public bool ServesClusters => _inner.ServesClusters;

    public Durability Durability => _inner.Durability;

    /// <summary>The logs in the order in which they were opened.</summary>
    public List<ScriptedLog> Logs { get; } = [];

    /// <summary>What the next log reads with instead of what it holds; null reads.</summary>
    public Exception? ReadFault { get; set; }

    /// <summary>What readers beside the owner fail with; null reads.</summary>
    public Exception? ReaderFault { get; set; }

    /// <summary>How many readers beside the owner are open.</summary>
    public int OpenReaders { get; set; }

    public ValueTask StartAsync(CancellationToken cancellationToken) => _inner.StartAsync(cancellationToken);

    public async ValueTask<IEventLog> OpenAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var log = new ScriptedLog(await _inner.OpenAsync(partition, cancellationToken)) { ReadFault = ReadFault };
        Logs.Add(log);
        return log;
    }

    public ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken) =>
        _inner.BeginAsync(partition, start, cancellationToken);

    public async ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var reader = await _inner.OpenReaderAsync(partition, cancellationToken);
        OpenReaders += reader is null ? 0 : 1;
        return reader is null ? null : new ScriptedReader(this, reader);
    }

    public ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken) =>
        _inner.GetEpochAsync(partition, cancellationToken);

    public ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken) =>
        _inner.DeleteAsync(partition, epoch, cancellationToken);

    public ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken) =>
        _inner.ListAsync(stream, cancellationToken);

    public ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken) =>
        _inner.ListDeletedAsync(cancellationToken);
}
