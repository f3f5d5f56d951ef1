namespace Reflex.Storage.FileLog.Segments;

/// <summary>Keeps the indexes of the sealed segments that were read last, of all logs together. Thread-safe.</summary>
internal sealed class IndexCache(int maxIndexes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Segment> _used = [];

    public void OnUsed(Segment segment)
    {
        lock (_lock)
        {
            if (segment.Node is { } node)
            {
                _used.Remove(node);
                _used.AddFirst(node);
                return;
            }

            segment.Node = _used.AddFirst(segment);
            if (_used.Count > maxIndexes)
            {
                Forget_NeedsLock(_used.Last!.Value);
            }
        }
    }

    public void Forget(Segment segment)
    {
        lock (_lock)
        {
            Forget_NeedsLock(segment);
        }
    }

    private void Forget_NeedsLock(Segment segment)
    {
        if (segment.Node is { } node)
        {
            _used.Remove(node);
            segment.Node = null;
            segment.Index = null;
        }
    }
}
