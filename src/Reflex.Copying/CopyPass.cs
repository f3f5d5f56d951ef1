using Reflex.Copying.Logs;
using Reflex.Copying.Places;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying;

/// <summary>Copies what a source has at the moment, again and again, while silos use it.</summary>
internal sealed class CopyPass(ICopySource source, ICopyTarget target, IProgress<LogVerificationProgress>? progress)
{
    // Of failures that may have to do with what the silos do meanwhile: a log is trimmed or deleted while it is read.
    private const int MaxFailures = 5;

    private readonly Dictionary<PartitionId, EventId> _copied = [];
    private PartitionId _partition;
    private long _doneBytes;
    private int _failures;

    /// <summary>Copies once; answers how many events were brought.</summary>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var copy = new LogCopy(source.Logs, target.Logs, target.Place, OnBytes);
        var hasFailed = false;
        long imported = 0;
        foreach (var partition in await source.Logs.ListAsync(stream: null, cancellationToken).ConfigureAwait(false))
        {
            _partition = partition;
            try
            {
                imported += await RunAsync(copy, partition, cancellationToken).ConfigureAwait(false);
            }
            catch (LogFailedException error) when (error is not LogFencedException && _failures < MaxFailures)
            {
                hasFailed = true;
            }
        }

        _failures = hasFailed ? _failures + 1 : 0;
        return imported;
    }

    private async Task<long> RunAsync(LogCopy copy, PartitionId partition, CancellationToken cancellationToken)
    {
        var reader = await source.Logs.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false);
        if (reader is null)
        {
            return 0;
        }

        EventId head;
        await using (reader.ConfigureAwait(false))
        {
            head = reader.Bounds.Head;
        }

        if (_copied.TryGetValue(partition, out var copied) && copied == head)
        {
            return 0;
        }

        var imported = await copy.RunAsync(partition, cancellationToken).ConfigureAwait(false);
        _copied[partition] = head;
        return imported;
    }

    private void OnBytes(long bytes)
    {
        _doneBytes += bytes;
        progress?.Report(new LogVerificationProgress(_partition, _doneBytes, _doneBytes));
    }
}
