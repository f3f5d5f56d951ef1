namespace Reflex.Orleans.Logs;

/// <summary>
/// Bounds what many partitions keep of their newest batches together: when it is more, those give theirs up that were used least lately.
/// Thread-safe.
/// </summary>
/// <remarks>
/// An append only adds to a number here. Who was used is a mark that each partition sets on itself, and that is looked at when memory is
/// short: whoever has one loses it and gets a second chance.
/// </remarks>
/// <param name="limit">In bytes.</param>
internal sealed class RecentBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<RecentBatches> _keeping = [];
    private long _used;

    /// <summary>What they keep now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Counts what one keeps more, or less.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>Lets one take part that keeps something now; the answer is what it leaves by.</summary>
    public LinkedListNode<RecentBatches> Enter(RecentBatches recent)
    {
        lock (_lock)
        {
            return _keeping.AddLast(recent);
        }
    }

    /// <summary>Lets one leave that keeps nothing any more.</summary>
    public void Leave(LinkedListNode<RecentBatches> node)
    {
        lock (_lock)
        {
            _keeping.Remove(node);
        }
    }

    /// <summary>Has those give up what they keep that were used least lately, as far as there is too much.</summary>
    public void MakeRoom()
    {
        while (Used > limit && LeastUsed() is { } recent)
        {
            recent.Clear();
        }
    }

    private RecentBatches? LeastUsed()
    {
        lock (_lock)
        {
            for (var chances = _keeping.Count; chances > 0 && _keeping.First is { } first && first.Value.TakeUsed(); chances--)
            {
                _keeping.RemoveFirst();
                _keeping.AddLast(first);
            }

            return _keeping.First?.Value;
        }
    }
}
