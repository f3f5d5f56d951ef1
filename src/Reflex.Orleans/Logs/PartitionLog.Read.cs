using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Logs;

internal sealed partial class PartitionLog
{
    // How far to look for an event whose time has come: as far as a read does anyway.
    private const int LaterTimeBytes = 256 * 1024;

    /// <summary>Reads a page of durable events, waiting for one at the head.</summary>
    /// <param name="after">
    /// The last event handled; null for the place before the oldest retained one. Its epoch, unless it is 0, must be the event's.
    /// </param>
    /// <param name="maxBytes">About how much to return; at least one batch is returned, however large.</param>
    /// <param name="wait">How long to wait at the head; zero answers at once.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>
    /// The page; empty when nothing newer came. One that is empty without waiting says that <paramref name="after"/> was the head after
    /// this call began; after waiting it says nothing, since another owner may have appended meanwhile.
    /// </returns>
    /// <exception cref="CursorAheadException">There is no such event yet.</exception>
    /// <exception cref="CursorExpiredException">Events after it are gone.</exception>
    /// <exception cref="CursorOfAnotherLifeException">The event of that id is another one.</exception>
    /// <exception cref="LogCorruptedException">What is stored there is damaged.</exception>
    /// <exception cref="LogFencedException">A newer owner has opened the log; ask that one.</exception>
    /// <exception cref="LogFailedException">The partition is closing, or the storage couldn't be read.</exception>
    public async Task<LogPage> ReadAsync(CursorPlace? after, int maxBytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        var started = _timeProvider.GetTimestamp();
        while (true)
        {
            Task headMoved;
            LogBounds bounds;
            EventId start;
            Exception? refusal;
            lock (_lock)
            {
                ThrowIfClosed();
                headMoved = _headMoved.Task;
                bounds = _log.Bounds;
                refusal = FindStart(after, bounds, out start);
                if (refusal is null && _recent.Read(start, maxBytes) is { } blocks)
                {
                    var recent = new LogPage(blocks, bounds.Oldest, bounds.Head);
                    refusal = CompareLife(after, recent.EpochOf(start));
                    if (refusal is null)
                    {
                        _instruments.OnRead(Partition, recent.Bytes, isFromMemory: true);
                        return recent;
                    }
                }

                _logReads += refusal is null && start < bounds.Head ? 1 : 0;
            }

            if (refusal is null && start < bounds.Head)
            {
                if (await ReadLogAsync(start, maxBytes, bounds.Oldest, cancellationToken).ConfigureAwait(false) is not { } page)
                {
                    continue;
                }

                refusal = await CompareLifeAsync(after, page, cancellationToken).ConfigureAwait(false);
                if (refusal is null)
                {
                    _instruments.OnRead(Partition, page.Bytes, isFromMemory: false);
                    return page;
                }
            }

            refusal ??= CompareLife(after, bounds.HeadEpoch);
            if (refusal is not null || wait <= TimeSpan.Zero)
            {
                await ConfirmAsync(cancellationToken).ConfigureAwait(false);
                return refusal is null ? new LogPage([], bounds.Oldest, bounds.Head) : throw refusal;
            }

            // Woken by an append that it has seen already, it waits on: the log may show events a moment before they are published.
            var left = wait - _timeProvider.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !await WaitAsync(headMoved, left, cancellationToken).ConfigureAwait(false))
            {
                return new LogPage([], bounds.Oldest, bounds.Head);
            }
        }
    }

    /// <summary>What the log says of a place, whatever its epoch: for whoever shows or checks a cursor.</summary>
    /// <param name="after">The last event handled; null for the place before the oldest retained one.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>
    /// What is known; nothing of a place that is ahead of the head or expired. Like what <see cref="Bounds"/> said just before, it was so
    /// after the call began.
    /// </returns>
    /// <exception cref="LogFencedException">A newer owner has opened the log; ask that one.</exception>
    /// <exception cref="LogFailedException">The partition is closing, or the storage couldn't be read.</exception>
    public async Task<LogPlace> FindAsync(EventId? after, CancellationToken cancellationToken)
    {
        var place = await FindKnownAsync(after, cancellationToken).ConfigureAwait(false);
        await ConfirmAsync(cancellationToken).ConfigureAwait(false);
        return place;
    }

    private async Task<LogPlace> FindKnownAsync(EventId? after, CancellationToken cancellationToken)
    {
        try
        {
            var page = await ReadAsync(after, 1, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            while (page.IsEmpty)
            {
                if (Bounds is var bounds && bounds.Head == page.Head)
                {
                    return new LogPlace(bounds.HeadEpoch, null, null);
                }

                // The next event has come since.
                page = await ReadAsync(after, 1, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            }

            var next = page.Batches().First();
            var epoch = after is { } before ? await FindEpochAsync(page, before, cancellationToken).ConfigureAwait(false) : null;
            return new LogPlace(epoch, next.Epoch, await FindAppendTimeAsync(next, after, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (error is CursorAheadException or CursorExpiredException)
        {
            return default;
        }
    }

    /// <summary>When a batch after a cursor was appended, or a later time where its own lies in the future.</summary>
    /// <remarks>
    /// Clocks are set, and an event may have a time that hasn't come yet. It was appended before the events after it, so that one of
    /// their times says at least how long it waits; else the time does since which this process knows it.
    /// </remarks>
    private async ValueTask<DateTimeOffset> FindAppendTimeAsync(EventBatch next, EventId? after, CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
        if (next.AppendedAt <= now)
        {
            return next.AppendedAt;
        }

        var page = await ReadAsync(after, LaterTimeBytes, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var known = now - KnownFor(next.BaseId);
        return page.Batches().Select(batch => batch.AppendedAt).Where(later => later <= now).Append(known).Min();
    }

    /// <summary>For how long this process has known of an event, at least.</summary>
    private TimeSpan KnownFor(EventId id)
    {
        lock (_lock)
        {
            if (_known.Head < id)
            {
                _known = (_log.Bounds.Head, _timeProvider.GetTimestamp());
            }

            return _timeProvider.GetElapsedTime(_known.Since);
        }
    }

    /// <summary>Where a read begins; answers why it can't, which is to be confirmed.</summary>
    private ReflexException? FindStart(CursorPlace? after, LogBounds bounds, out EventId start)
    {
        var beforeOldest = new EventId(bounds.Oldest.Value - 1);
        start = after?.Id ?? beforeOldest;
        return start > bounds.Head ? new CursorAheadException(Partition, start, bounds.Head)
            : start < beforeOldest ? new CursorExpiredException(Partition, start, bounds.Oldest)
            : null;
    }

    private CursorOfAnotherLifeException? CompareLife(CursorPlace? after, long? epoch) =>
        after is { Epoch: not 0 } place && epoch is { } found && found != place.Epoch
            ? new CursorOfAnotherLifeException(Partition, place, found)
            : null;

    private async ValueTask<CursorOfAnotherLifeException?> CompareLifeAsync(
        CursorPlace? after, LogPage page, CancellationToken cancellationToken)
    {
        // Of format 1 a page doesn't tell. Where its own events are of the cursor's epoch the one before is so too, but at the border of
        // two owners: only there the log is read once more, and not for each page of an old log.
        if (after is { Epoch: not 0 } place && (page.EpochOf(place.Id) is not null || page.Batches().First().Epoch != place.Epoch))
        {
            return CompareLife(place, await FindEpochAsync(page, place.Id, cancellationToken).ConfigureAwait(false));
        }

        return null;
    }

    /// <summary>
    /// The epoch of the event that a page was read after. Of format 1 the page doesn't tell, and the batch before it is read, unless that
    /// is gone.
    /// </summary>
    private async ValueTask<long?> FindEpochAsync(LogPage page, EventId after, CancellationToken cancellationToken)
    {
        if (page.EpochOf(after) is { } epoch)
        {
            return epoch;
        }

        if (after < Bounds.Oldest)
        {
            return null;
        }

        lock (_lock)
        {
            ThrowIfClosed();
            _logReads++;
        }

        var before = await ReadLogAsync(new EventId(after.Value - 1), 1, page.Oldest, cancellationToken).ConfigureAwait(false);
        return before?.EpochOf(after);
    }

    /// <summary>Reads from the log; null when a trim has removed the place in the meantime.</summary>
    private async Task<LogPage?> ReadLogAsync(EventId start, int maxBytes, EventId oldest, CancellationToken cancellationToken)
    {
        try
        {
            var block = await _log.ReadAsync(start, maxBytes, cancellationToken).ConfigureAwait(false);

            // The head may have moved since the caller looked, and the block hold events up to it.
            return new LogPage([block], oldest, _log.Bounds.Head);
        }
        catch (ArgumentOutOfRangeException) when (_log.Bounds.Oldest > start.Next)
        {
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A newer owner's trim looks like a failure or damage, and is neither.
            await ConfirmAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            EndLogRead();
        }
    }

    /// <summary>The log may be closed only when nobody reads it any more.</summary>
    private void EndLogRead()
    {
        lock (_lock)
        {
            if (--_logReads == 0 && _closed)
            {
                _logReadsEnded.TrySetResult();
            }
        }
    }

    private async Task<bool> WaitAsync(Task headMoved, TimeSpan wait, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await headMoved.WaitAsync(wait, _timeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
