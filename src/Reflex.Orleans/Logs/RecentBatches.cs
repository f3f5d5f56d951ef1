using Reflex.Events;
using Reflex.Storage;

namespace Reflex.Orleans.Logs;

/// <summary>
/// A partition's newest batches, for readers near the head: a ring that grows up to a number of bytes, or until all partitions keep too
/// much. Thread-safe.
/// </summary>
internal sealed class RecentBatches(long maxBytes, RecentBudget budget)
{
    private const int InitialCapacity = 16;

    // Of a batch besides its bytes: the array's header, and its slot.
    private const int SlotBytes = 64;

    private readonly Lock _lock = new();
    private EventBatch[] _ring = [];
    private int _start;
    private int _count;
    private long _bytes;

    private LinkedListNode<RecentBatches>? _node;
    private volatile bool _isUsed;

    public void Add(params ReadOnlySpan<EventBatch> batches)
    {
        lock (_lock)
        {
            Add_NeedsLock(batches);
        }

        // Not under the lock, since another one's is taken.
        budget.MakeRoom();
    }

    public void Clear()
    {
        lock (_lock)
        {
            budget.Add(-_bytes - ((long)_count * SlotBytes));
            _ring = [];
            _start = 0;
            _count = 0;
            _bytes = 0;
            if (_node is { } node)
            {
                budget.Leave(node);
                _node = null;
            }
        }
    }

    /// <summary>Whether it was used since it was last asked.</summary>
    public bool TakeUsed()
    {
        var isUsed = _isUsed;
        _isUsed = false;
        return isUsed;
    }

    /// <summary>The batches from the one that holds the event after <paramref name="after"/>; null when that is not here.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Read(EventId after, int maxBytes)
    {
        lock (_lock)
        {
            return Read_NeedsLock(after, maxBytes);
        }
    }

    private void Add_NeedsLock(ReadOnlySpan<EventBatch> batches)
    {
        var before = _bytes + ((long)_count * SlotBytes);
        foreach (var batch in batches)
        {
            Add_NeedsLock(batch);
        }

        // What was appended to once needs no second chance.
        _isUsed |= _node is not null;
        budget.Add(_bytes + ((long)_count * SlotBytes) - before);
        if (_count > 0)
        {
            _node ??= budget.Enter(this);
        }
    }

    private void Add_NeedsLock(EventBatch batch)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[Slot(_count++)] = batch;
        _bytes += batch.Bytes.Length;
        while (_bytes > maxBytes)
        {
            _bytes -= _ring[_start].Bytes.Length;
            _ring[_start] = default;
            _start = Slot(1);
            _count--;
        }
    }

    private List<ReadOnlyMemory<byte>>? Read_NeedsLock(EventId after, int maxBytes)
    {
        if (_count == 0 || after.Value < _ring[_start].BaseId.Value - 1 || after >= _ring[Slot(_count - 1)].LastId)
        {
            return null;
        }

        _isUsed = true;
        var index = IndexOf(after.Next);
        var blocks = new List<ReadOnlyMemory<byte>>();
        long bytes = 0;
        do
        {
            var block = _ring[Slot(index++)].Bytes;
            blocks.Add(block);
            bytes += block.Length;
        }
        while (index < _count && bytes + _ring[Slot(index)].Bytes.Length <= maxBytes);

        return blocks;
    }

    /// <summary>The last batch that begins at or before an id.</summary>
    private int IndexOf(EventId id)
    {
        var low = 0;
        var high = _count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_ring[Slot(middle)].BaseId <= id)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private int Slot(int index) => (_start + index) & (_ring.Length - 1);

    private void Grow()
    {
        var grown = new EventBatch[Math.Max(InitialCapacity, _ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            grown[i] = _ring[Slot(i)];
        }

        _ring = grown;
        _start = 0;
    }
}
