namespace Reflex.Storage.FileLog.Files;

/// <summary>
/// Keeps the number of open files of all logs together under a limit, closing those that were not used for the longest time.
/// Files in use at this moment may exceed it. Thread-safe.
/// </summary>
internal sealed class FileCache(int maxOpen)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<CachedFile> _open = [];

    public int MaxOpen => maxOpen;

    public void OnUsed(CachedFile file)
    {
        lock (_lock)
        {
            if (file.Node is { } node)
            {
                if (_open.First != node)
                {
                    _open.Remove(node);
                    _open.AddFirst(node);
                }

                return;
            }

            file.Node = _open.AddFirst(file);
            CloseOldest_NeedsLock(maxOpen);
        }
    }

    public void OnDisposed(CachedFile file)
    {
        lock (_lock)
        {
            Forget_NeedsLock(file);
        }
    }

    /// <summary>Closes every file that nobody uses now.</summary>
    public void CloseUnused()
    {
        lock (_lock)
        {
            CloseOldest_NeedsLock(0);
        }
    }

    private void CloseOldest_NeedsLock(int kept)
    {
        for (var node = _open.Last; node is not null && _open.Count > kept;)
        {
            var previous = node.Previous;
            if (node.Value.TryClose())
            {
                Forget_NeedsLock(node.Value);
            }

            node = previous;
        }
    }

    private void Forget_NeedsLock(CachedFile file)
    {
        if (file.Node is { } node)
        {
            _open.Remove(node);
            file.Node = null;
        }
    }
}
