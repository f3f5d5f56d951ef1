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
    private long _totalBytes;
    private int _failures;

    /// <summary>Copies once; answers how many events were brought.</summary>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var copy = new LogCopy(source.Logs, target.Logs, target.Place, OnBytes);
        var hasFailed = false;
        long imported = 0;
        foreach (var (partition, head) in await FindNewAsync(cancellationToken).ConfigureAwait(false))
        {
            _partition = partition;
            try
            {
                imported += await copy.RunAsync(partition, cancellationToken).ConfigureAwait(false);
                _copied[partition] = head;
            }
            catch (LogFailedException error) when (error is not LogFencedException && _failures < MaxFailures)
            {
                hasFailed = true;
            }
        }

        _failures = hasFailed ? _failures + 1 : 0;
        return imported;
    }

    /// <summary>The logs that have something which isn't copied, with their heads.</summary>
    private async Task<List<(PartitionId Partition, EventId Head)>> FindNewAsync(CancellationToken cancellationToken)
    {
        var found = new List<(PartitionId, EventId)>();
        _totalBytes = 0;
        foreach (var partition in await source.Logs.ListAsync(stream: null, cancellationToken).ConfigureAwait(false))
        {
            var reader = await source.Logs.OpenReaderAsync(partition, cancellationToken).ConfigureAwait(false);
            if (reader is null)
            {
                continue;
            }

            await using (reader.ConfigureAwait(false))
            {
                _totalBytes += reader.Bounds.Bytes;
                if (!_copied.TryGetValue(partition, out var copied) || copied != reader.Bounds.Head)
                {
                    found.Add((partition, reader.Bounds.Head));
                }
            }
        }

        return found;
    }

    private void OnBytes(long bytes)
    {
        _doneBytes += bytes;
        progress?.Report(new LogVerificationProgress(_partition, Math.Min(_doneBytes, _totalBytes), _totalBytes));
    }
}
