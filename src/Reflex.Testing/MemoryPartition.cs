using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Testing;

/// <summary>What a partition in memory holds, for all its owners one after another. Thread-safe.</summary>
internal sealed class MemoryPartition(PartitionId partition)
{
    // Few, so that a trim of some kilobytes in a test has several pieces as well.
    private const int TrimmedAtOnce = 4;

    // The clocks of its owners differ by less.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly List<EventBatch> _batches = [];

    // What those that were replaced knew last.
    private readonly Dictionary<long, LogBounds> _replaced = [];
    private LogBounds _bounds = LogBounds.Empty;
    private DateTimeOffset _timeBefore;
    private (EventId Head, DateTimeOffset At) _seen;
    private long _epoch;
    private bool _isDeleted;
    private bool _mayImport = true;

    /// <summary>Whether it was deleted, and not opened since.</summary>
    public bool IsDeleted
    {
        get
        {
            lock (_lock)
            {
                return _isDeleted;
            }
        }
    }

    /// <summary>What is left of it, if it was deleted and not opened since.</summary>
    public LogStart? Left
    {
        get
        {
            lock (_lock)
            {
                return _isDeleted ? new LogStart(_bounds.Head, _bounds.HeadEpoch, _bounds.HeadAppendedAt, _epoch) : null;
            }
        }
    }

    /// <summary>The epoch of the newest owner, or of a deletion after it.</summary>
    public long Epoch
    {
        get
        {
            lock (_lock)
            {
                return _epoch;
            }
        }
    }

    /// <summary>What an owner knows, which may not be the newest one.</summary>
    public LogBounds BoundsOf(long epoch)
    {
        lock (_lock)
        {
            return BoundsOf_NeedsLock(epoch);
        }
    }

    /// <summary>Makes a new owner; answers its epoch.</summary>
    public long TakeEpoch()
    {
        lock (_lock)
        {
            _isDeleted = false;
            return TakeEpoch_NeedsLock();
        }
    }

    /// <summary>Removes everything but the head and its epoch, as an owner after which there is none, where none is newer.</summary>
    public void Delete(long epoch)
    {
        lock (_lock)
        {
            if (_isDeleted)
            {
                return;
            }

            if (_epoch > epoch)
            {
                throw new LogFencedException(partition, epoch, _epoch);
            }

            TakeEpoch_NeedsLock();
            _mayImport &= _batches.Count == 0;
            _batches.Clear();
            _bounds = _bounds with { Oldest = _bounds.Head.Next, Bytes = 0 };
            _isDeleted = true;
        }
    }

    public void Append(long epoch, IReadOnlyList<EventBatch> batches)
    {
        lock (_lock)
        {
            ThrowIfFenced_NeedsLock(epoch);
            Add_NeedsLock(batches, (batch, before) => batch.Epoch == epoch && batch.PreviousEpoch == before);
            _mayImport = false;
        }
    }

    /// <summary>Makes it begin after an event, as an owner after which there is none.</summary>
    public void Begin(LogStart start)
    {
        lock (_lock)
        {
            ThrowIfOwn_NeedsLock();
            _isDeleted = false;
            TakeEpoch_NeedsLock(start.GreatestEpoch);
            if (_batches.Count == 0)
            {
                _bounds = new LogBounds(start.After.Next, start.After, 0, start.Epoch, start.AppendedAt);
            }
        }
    }

    public void Import(long epoch, IReadOnlyList<EventBatch> batches)
    {
        lock (_lock)
        {
            ThrowIfFenced_NeedsLock(epoch);
            ThrowIfOwn_NeedsLock();
            Add_NeedsLock(
                batches,
                (batch, before) => batch.Epoch < epoch && batch.Epoch >= before && (batch.PreviousEpoch ?? before) == before);
        }
    }

    /// <summary>What it holds now, for one who doesn't own it.</summary>
    public LogBounds Look()
    {
        lock (_lock)
        {
            return _bounds;
        }
    }

    public ReadOnlyMemory<byte> Read(long epoch, EventId after, int maxBytes)
    {
        lock (_lock)
        {
            return Read_NeedsLock(BoundsOf_NeedsLock(epoch), after, maxBytes);
        }
    }

    /// <summary>Reads for one who doesn't own it, and knows what it held.</summary>
    public ReadOnlyMemory<byte> Read(LogBounds known, EventId after, int maxBytes)
    {
        lock (_lock)
        {
            return Read_NeedsLock(known, after, maxBytes);
        }
    }

    public void Confirm(long epoch)
    {
        lock (_lock)
        {
            ThrowIfFenced_NeedsLock(epoch);
        }
    }

    /// <summary>Removes a few batches; answers whether it did.</summary>
    public bool Trim(long epoch, Retention retention, DateTimeOffset now)
    {
        lock (_lock)
        {
            ThrowIfFenced_NeedsLock(epoch);
            var removed = 0;
            var bytes = _bounds.Bytes;
            for (; removed < Math.Min(_batches.Count, TrimmedAtOnce); removed++)
            {
                var time = TimeOf_NeedsLock(removed, now);
                if (!(now - time > retention.MaxAge) && (removed == _batches.Count - 1 || !(bytes > retention.MaxBytes)))
                {
                    break;
                }

                _timeBefore = time;
                bytes -= _batches[removed].Bytes.Length;
            }

            _batches.RemoveRange(0, removed);
            _bounds = _bounds with { Oldest = _batches.Count > 0 ? _batches[0].BaseId : _bounds.Head.Next, Bytes = bytes };
            return removed > 0;
        }
    }

    /// <summary>
    /// When a batch was appended, or a later time: clocks are wrong at times, and a stamp of the future, or before the batch before, says
    /// nothing. Then a later batch's does, or that of the trim which saw it first.
    /// </summary>
    private DateTimeOffset TimeOf_NeedsLock(int index, DateTimeOffset now)
    {
        var floor = _timeBefore <= now ? _timeBefore : DateTimeOffset.MinValue;
        for (var i = index; i < _batches.Count; i++)
        {
            if (_batches[i].AppendedAt >= floor && _batches[i].AppendedAt <= now + Tolerance)
            {
                return _batches[i].AppendedAt;
            }
        }

        if (_seen.Head < _batches[index].LastId || _seen.At < floor || _seen.At > now)
        {
            _seen = (_bounds.Head, now);
        }

        return _seen.At;
    }

    /// <summary>
    /// Adds batches that fit. The owner may reuse its buffers, so the log keeps bytes of its own, and looks at what it was given.
    /// </summary>
    private void Add_NeedsLock(IReadOnlyList<EventBatch> batches, Func<EventBatch, long, bool> hasEpoch)
    {
        var (head, headEpoch) = (_bounds.Head, _bounds.HeadEpoch);
        var copies = new List<EventBatch>(batches.Count);
        foreach (var batch in batches)
        {
            if (!EventBatch.TryReadSealed(batch.Bytes.ToArray(), out var copy) || copy.BaseId != head.Next || !hasEpoch(copy, headEpoch))
            {
                throw new ArgumentException(
                    $"A batch for {partition} with base id {batch.BaseId}, epoch {batch.Epoch} and previous epoch {batch.PreviousEpoch} "
                    + $"is not sealed to follow {head} of epoch {headEpoch} under the owner with epoch {_epoch}, or is picked.",
                    nameof(batches));
            }

            copies.Add(copy);
            (head, headEpoch) = (copy.LastId, copy.Epoch);
        }

        if (copies.Count == 0 || copies[^1].MoreFollows)
        {
            throw new ArgumentException($"An append to {partition} has no batches or lacks its last one.", nameof(batches));
        }

        _batches.AddRange(copies);
        _bounds = _bounds with
        {
            Head = head,
            Bytes = _bounds.Bytes + copies.Sum(copy => (long)copy.Bytes.Length),
            HeadEpoch = headEpoch,
            HeadAppendedAt = copies[^1].AppendedAt,
        };
    }

    private ReadOnlyMemory<byte> Read_NeedsLock(LogBounds known, EventId after, int maxBytes)
    {
        if (after.Value < known.Oldest.Value - 1 || after >= known.Head)
        {
            throw new ArgumentOutOfRangeException(
                nameof(after), after, $"{partition} holds the events {known.Oldest} to {known.Head}.");
        }

        if (after.Value < _bounds.Oldest.Value - 1)
        {
            throw new LogFailedException(partition, $"event {after.Next} was removed meanwhile; ask again.");
        }

        var first = _batches.FindIndex(batch => batch.LastId > after);
        var last = first;
        long bytes = _batches[first].Bytes.Length;
        while (last + 1 < _batches.Count
            && _batches[last + 1].LastId <= known.Head
            && bytes + _batches[last + 1].Bytes.Length <= maxBytes)
        {
            bytes += _batches[++last].Bytes.Length;
        }

        var block = new byte[bytes];
        var length = 0;
        foreach (var batch in _batches[first..(last + 1)])
        {
            batch.Bytes.CopyTo(block.AsMemory(length));
            length += batch.Bytes.Length;
        }

        return block;
    }

    private LogBounds BoundsOf_NeedsLock(long epoch) => epoch == _epoch ? _bounds : _replaced[epoch];

    private long TakeEpoch_NeedsLock(long known = 0)
    {
        _replaced[_epoch] = _bounds;
        return _epoch = Epochs.Next(Math.Max(_epoch, known));
    }

    private void ThrowIfOwn_NeedsLock()
    {
        if (!_mayImport)
        {
            throw new StorageRefusedException(
                $"The log of {partition} has had events of its own, up to {_bounds.Head}: events are imported into a log without such.");
        }
    }

    private void ThrowIfFenced_NeedsLock(long epoch)
    {
        if (epoch != _epoch)
        {
            throw new LogFencedException(partition, epoch, _epoch);
        }
    }
}
