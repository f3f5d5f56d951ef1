using System.Diagnostics;
using System.Runtime.InteropServices;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Logs;

internal sealed partial class PartitionLog
{
    /// <summary>Appends batches after everything that was appended or waits.</summary>
    /// <param name="batches">
    /// Batches as <see cref="EventBatchBuilder"/> made them, of one append or of several, whole: the last one doesn't carry
    /// <see cref="EventBatch.MoreFollows"/>. Their buffers belong to the partition from now on, which writes into them.
    /// </param>
    /// <returns>The id of the first event, once all are durable; the others follow it.</returns>
    /// <exception cref="FormatException">The batches break the format; nothing was appended.</exception>
    /// <exception cref="LogBusyException">Too much waits already; nothing was appended.</exception>
    /// <exception cref="EventTooLargeException">It is more than the stream may store at all; nothing was appended.</exception>
    /// <exception cref="QuotaExceededException">It would be more than the stream may store; nothing was appended.</exception>
    /// <exception cref="LogFailedException">The log failed; unless a subclass says so, what was appended is unknown.</exception>
    public Task<EventId> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        var checkedBatches = new EventBatch[batches.Count];
        for (var i = 0; i < checkedBatches.Length; i++)
        {
            checkedBatches[i] = EventBatch.FromProducer(batches[i]);
        }

        if (checkedBatches.Length == 0 || checkedBatches[^1].MoreFollows)
        {
            throw new FormatException("An append has no batches, or lacks its last one: send all batches of an append together.");
        }

        var append = new PendingAppend(checkedBatches, _timeProvider.GetTimestamp());
        bool begins;
        lock (_lock)
        {
            ThrowIfClosed();
            if (_failure is not null)
            {
                throw Refused(new LogFailedException(
                    Partition, "a write before this one failed; nothing of this append was written.", _failure));
            }

            if (_queuedBytes > 0 && _queuedBytes + append.Bytes > _options.MaxQueuedBytes)
            {
                throw Refused(new LogBusyException(Partition, _options.MaxQueuedBytes));
            }

            if (_quota?.Refuse(_writingBytes + _queuedBytes, append.Bytes) is { } overQuota)
            {
                throw Refused(overQuota);
            }

            _queue.Enqueue(append);
            _queuedBytes += append.Bytes;
            begins = !_writing;
            _writing = true;
        }

        if (begins)
        {
            BeginWriting();
        }

        return append.Completion;
    }

    private ReflexException Refused(ReflexException error)
    {
        _instruments.OnRefused(Partition, error);
        return error;
    }

    /// <summary>Seals and hands over the first group here, which saves an idle partition a change of threads.</summary>
    private void BeginWriting()
    {
        // What the writer goes on with belongs to later appends too, not to this one's request or trace.
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = WriteAsync();
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        var group = new List<PendingAppend>();
        var batches = new List<EventBatch>();
        while (TakeGroup(group))
        {
            Activity? activity = null;
            await _logTurn.WaitAsync().ConfigureAwait(false);
            try
            {
                Seal(group, batches);
                if (batches.Count > 0)
                {
                    activity = StartCommit(batches);
                    _commit.Begin();
                    await _log.AppendAsync(batches).ConfigureAwait(false);
                    _instruments.OnCommitted(Partition, _commit.End());
                    Publish(group, batches);
                }
            }
            catch (LogFailedException error) when (IsUsableAfter(error))
            {
                _commit.Fail(error);
                Refuse(group, error);
            }
            catch (LogFencedException error)
            {
                // Nothing is wrong with the storage.
                Fail(group, error);
            }
            catch (Exception error)
            {
                var failure = ToFailure(error);
                _commit.Fail(failure);
                Fail(group, failure);
            }
            finally
            {
                _commit.End();
                _logTurn.Release();
                EndCommit(activity);
            }

            group.Clear();
            batches.Clear();
        }
    }

    /// <remarks>Whatever listens to traces may throw, and the log hasn't failed then.</remarks>
    private Activity? StartCommit(List<EventBatch> batches)
    {
        try
        {
            return ReflexTracing.IsOn ? ReflexTracing.StartCommit(Partition, batches.SelectMany(batch => batch.Traces())) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <inheritdoc cref="StartCommit"/>
    private static void EndCommit(Activity? activity)
    {
        try
        {
            activity?.Dispose();
        }
        catch (Exception)
        {
            // The trace is as it is.
        }
    }

    /// <summary>Takes what has gathered, up to the group's limit; false, and the writer's duty ends, when there is nothing.</summary>
    private bool TakeGroup(List<PendingAppend> group)
    {
        lock (_lock)
        {
            long bytes = 0;
            while (_queue.TryPeek(out var next) && (bytes == 0 || bytes + next.Bytes <= _options.MaxGroupBytes))
            {
                bytes += next.Bytes;
                group.Add(_queue.Dequeue());
            }

            _queuedBytes -= bytes;
            _writingBytes = bytes;
            _writing = group.Count > 0;
            if (!_writing && _closed)
            {
                _writerEnded.TrySetResult();
            }

            return _writing;
        }
    }

    /// <summary>Gives the group its ids, and sends away those of it that can't have any.</summary>
    private void Seal(List<PendingAppend> group, List<EventBatch> batches)
    {
        var now = _timeProvider.GetUtcNow();
        var before = _log.Bounds;
        for (var i = 0; i < group.Count;)
        {
            if (TrySeal(group[i], batches, before, now))
            {
                i++;
                continue;
            }

            group[i].Fail(new FormatException("A batch was appended twice: a producer builds a new one for each append."));
            group.RemoveAt(i);
        }
    }

    /// <summary>Seals an append after the group's batches; false, and none of it is there, when its buffers are in use.</summary>
    private bool TrySeal(PendingAppend append, List<EventBatch> batches, in LogBounds before, DateTimeOffset now)
    {
        var others = batches.Count;
        foreach (var batch in append.Batches)
        {
            if (batch.IsSealed)
            {
                batches.RemoveRange(others, batches.Count - others);
                return false;
            }

            var (head, epoch) = batches.Count == 0 ? (before.Head, before.HeadEpoch) : (batches[^1].LastId, _log.Epoch);
            batch.Seal(head.Next, _log.Epoch, epoch, before.Head, now);
            batches.Add(batch);
        }

        return true;
    }

    private void Publish(List<PendingAppend> group, List<EventBatch> batches)
    {
        TaskCompletionSource headMoved;
        lock (_lock)
        {
            _recent.Add(CollectionsMarshal.AsSpan(batches));
            _writingBytes = 0;
            headMoved = _headMoved;
            if (!_closed)
            {
                _headMoved = new TaskCompletionSource();
            }
        }

        headMoved.TrySetResult();
        foreach (var append in group)
        {
            _instruments.OnAppended(Partition, append.Count, append.Bytes, _timeProvider.GetElapsedTime(append.Arrived));
            append.Complete();
        }
    }

    /// <summary>Whether the storage is sure to have done nothing, so that the log takes the next append.</summary>
    private bool IsUsableAfter(LogFailedException error) =>
        error is LogUnavailableException or LogFullException && _log.Failure is null;

    private LogFailedException ToFailure(Exception error) =>
        error as LogFailedException ?? new LogFailedException(Partition, "its storage failed.", error.Message, error);

    private void Fail(List<PendingAppend> group, LogFailedException failure)
    {
        lock (_lock)
        {
            _failure = failure;
            while (_queue.TryDequeue(out var waiting))
            {
                group.Add(waiting);
            }

            _queuedBytes = 0;
        }

        _instruments.OnLogFailed(Partition);
        _failed.TrySetResult(failure);
        Refuse(group, failure);
    }

    private void Refuse(List<PendingAppend> group, LogFailedException error)
    {
        foreach (var append in group)
        {
            _instruments.OnRefused(Partition, error);
            append.Fail(error);
        }
    }
}
