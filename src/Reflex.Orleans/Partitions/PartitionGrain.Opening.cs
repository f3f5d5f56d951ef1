using Reflex.Orleans.Catalog;
using Reflex.Orleans.Logs;
using Reflex.Streams;

namespace Reflex.Orleans.Partitions;

internal sealed partial class PartitionGrain
{
    /// <summary>The open log. After a failed opening the callers see why; one of them, after a while, opens it again.</summary>
    private Task<PartitionLog> GetLogAsync()
    {
        if ((_opening.IsFaulted || _opening.IsCanceled) && !IsDeleting && MayReopen())
        {
            BeginOpening(closing: null);
        }

        return _opening;
    }

    /// <remarks>A stream may be defined at any moment, and asking for it costs no storage anything.</remarks>
    private bool MayReopen() =>
        (_opening.Exception?.InnerException is { } failure && StreamDirectory.IsGone(failure))
        || timeProvider.GetElapsedTime(_openedAt) >= ReopenInterval;

    private void BeginOpening(PartitionLog? closing)
    {
        _openedAt = timeProvider.GetTimestamp();
        _opening = OpenAsync(closing);
    }

    private async Task<PartitionLog> OpenAsync(PartitionLog? closing)
    {
        try
        {
            if (closing is not null)
            {
                await closing.DisposeAsync();
            }

            var partition = PartitionId.Parse(this.GetPrimaryKeyString());
            PartitionLog? log = null;
            while (log is null)
            {
                log = await TryOpenAsync(partition);
            }

            failed.Remove(partition);
            ReplaceOnFailureAsync(log).Ignore();
            return log;
        }
        catch (Exception error)
        {
            NoteOpenFailed(error);
            throw;
        }
    }

    /// <summary>Opens the log; null when its stream was deleted and defined anew in the middle.</summary>
    /// <remarks>
    /// The catalog is asked before, since what this process remembers may be deleted, and nobody may open its log again; and after, since a
    /// deletion that came between didn't replace this owner, and one that comes from then on does. Both answers must be of one stream: this
    /// owner began to open the log after that was defined, and has a greater epoch than any that a deletion of an earlier one of the name
    /// has seen.
    /// </remarks>
    private async Task<PartitionLog?> TryOpenAsync(PartitionId partition)
    {
        var (_, life) = await AskAsync(partition);
        var started = timeProvider.GetTimestamp();
        var log = await PartitionLog.OpenAsync(provider, partition, logOptions.Value, timeProvider, instruments, CancellationToken.None);
        try
        {
            var (definition, lifeNow) = await AskAsync(partition);
            if (lifeNow != life)
            {
                await log.DisposeAsync();
                return null;
            }

            _partitions = definition.Partitions;
            log.LimitTo(quotas, _partitions);
            CursorCheck.RequireWithin(log, cursors);
        }
        catch (Exception error)
        {
            await log.DisposeAsync();
            if (StreamDirectory.IsGone(error))
            {
                await LeaveNothingAsync(log);
            }

            throw;
        }

        LogOpened(logger, partition, log.Bounds.Head, timeProvider.GetElapsedTime(started).TotalMilliseconds);
        return log;
    }

    /// <summary>Takes the log of a stream that isn't there from the list of logs again, if it holds nothing.</summary>
    private async Task LeaveNothingAsync(PartitionLog log)
    {
        if (log.Bounds.Oldest <= log.Bounds.Head)
        {
            return;
        }

        try
        {
            await provider.DeleteAsync(log.Partition, log.Epoch, CancellationToken.None);
        }
        catch (ReflexException error)
        {
            LogLeft(logger, log.Partition, error.Message);
        }
    }

    /// <summary>The stream, which has the partition, as the catalog has it; the successor of a dead silo answers in a moment.</summary>
    private async Task<(StreamDefinition Definition, Guid? Life)> AskAsync(PartitionId partition)
    {
        var stream = await calls.AnswerAsync(
            () => streams.AskLifeAsync(partition.Stream, CancellationToken.None),
            partition.Stream,
            () => $"open {partition}",
            CancellationToken.None);
        StreamDirectory.RequirePartition(stream.Definition, partition.Index);
        return stream;
    }
}
