using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;

namespace Reflex.Tests.Testing.Broken;

/// <summary>A storage in memory with a fault.</summary>
internal sealed class BrokenProvider(Fault fault) : IEventLogProvider
{
    private readonly Dictionary<PartitionId, BrokenLog> _newest = [];
    private readonly Dictionary<PartitionId, int> _deletions = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource _nextOpening = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
            Fault.DeletesTheHeadToo => partition with { Index = partition.Index + (500 * _deletions.GetValueOrDefault(partition)) },
            _ => partition,
        };
        if (fault == Fault.DeletesAtTheNextOpening && _deletions.Remove(partition))
        {
            await _inner.DeleteAsync(partition, long.MaxValue, cancellationToken);
        }

        var log = (MemoryEventLog)await _inner.OpenAsync(partition, cancellationToken);
        Interlocked.Exchange(ref _nextOpening, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        lock (_lock)
        {
            return _newest[partition] = new BrokenLog(fault, log, () => _newest[partition]);
        }
    }

    public ValueTask BeginAsync(PartitionId partition, LogStart start, CancellationToken cancellationToken) => fault switch
    {
        Fault.BeginsWithTheFirstEvent => _inner.BeginAsync(
            partition, new LogStart(default, 0, DateTimeOffset.UnixEpoch, start.GreatestEpoch), cancellationToken),
        Fault.ForgetsImportedEpochs => _inner.BeginAsync(partition, start with { GreatestEpoch = start.Epoch }, cancellationToken),
        _ => _inner.BeginAsync(partition, start, cancellationToken),
    };

    public async ValueTask<IEventLogReader?> OpenReaderAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var reader = await _inner.OpenReaderAsync(partition, cancellationToken);
        if (fault == Fault.MakesWhatItReads && reader is null)
        {
            await _inner.OpenAsync(partition, cancellationToken);
            return await _inner.OpenReaderAsync(partition, cancellationToken);
        }

        if (fault == Fault.TakesAnEpochToRead && reader is not null)
        {
            await _inner.OpenAsync(partition, cancellationToken);
        }

        return reader is null ? null : new BrokenReader(fault, reader);
    }

    public async ValueTask<long> GetEpochAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var isDeleted = await _inner.OpenReaderAsync(partition, cancellationToken) is null;
        if (fault == Fault.TakesAnEpochToTellOne)
        {
            return (await _inner.OpenAsync(partition, cancellationToken)).Epoch;
        }

        return fault == Fault.ForgetsTheEpochOfADeletedLog && isDeleted ? 0 : await _inner.GetEpochAsync(partition, cancellationToken);
    }

    public async ValueTask DeleteAsync(PartitionId partition, long epoch, CancellationToken cancellationToken)
    {
        bool isFirst;
        lock (_lock)
        {
            var before = _deletions.GetValueOrDefault(partition);
            _deletions[partition] = before + 1;
            isFirst = before == 0;
        }

        switch (fault)
        {
            case Fault.DeletesNothing or Fault.DeletesAtTheNextOpening:
                return;
            case Fault.MakesWhatItDeletes:
                await _inner.OpenAsync(partition, cancellationToken);
                return;
            case Fault.RefusesToDeleteAgain when !isFirst:
                throw new LogFailedException(partition, "it is gone.");
            case Fault.FencesDeletionsThatAreDone or Fault.LooksAtTheEpochBeforeItDeletes:
                var found = await _inner.GetEpochAsync(partition, cancellationToken);
                if (found > epoch)
                {
                    throw new LogFencedException(partition, epoch, found);
                }

                if (fault == Fault.LooksAtTheEpochBeforeItDeletes)
                {
                    await _nextOpening.Task.WaitAsync(cancellationToken);
                }

                break;
        }

        var isAny = fault is Fault.DeletesUnderAnyEpoch or Fault.LooksAtTheEpochBeforeItDeletes;
        await _inner.DeleteAsync(partition, isAny ? long.MaxValue : epoch, cancellationToken);
        if (fault == Fault.OpensToDelete)
        {
            await _inner.OpenAsync(partition, cancellationToken);
        }
    }

    public async ValueTask<IReadOnlyCollection<DeletedLog>> ListDeletedAsync(CancellationToken cancellationToken)
    {
        var all = await _inner.ListDeletedAsync(cancellationToken);
        return fault switch
        {
            Fault.ForgetsWhatIsDeleted => [],
            Fault.ForgetsTheHeadsOfDeletedLogs =>
                [.. all.Select(log => log with { Left = new LogStart(default, 0, DateTimeOffset.UnixEpoch, log.Left.GreatestEpoch) })],
            _ => all,
        };
    }

    public async ValueTask<IReadOnlyCollection<PartitionId>> ListAsync(StreamName? stream, CancellationToken cancellationToken)
    {
        var all = await _inner.ListAsync(fault == Fault.ListsOtherStreams ? null : stream, cancellationToken);
        return fault switch
        {
            Fault.ListsWithoutHighPartitions => [.. all.Where(partition => partition.Index == 0)],
            Fault.ListsWhatIsDeleted => [.. all.Union(_deletions.Keys)],
            _ => all,
        };
    }
}
