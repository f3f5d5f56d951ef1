namespace Reflex.Storage.FileLog.Files;

/// <summary>A file that is open while it is used, and afterwards for as long as <see cref="FileCache"/> has room.</summary>
internal sealed class CachedFile(FileCache cache, IFileLayer layer, string path, FileOpening opening) : IDisposable
{
    private readonly Lock _lock = new();
    private IFile? _file;
    private int _uses;
    private bool _disposed;

    public string Path => path;

    /// <summary>The place among the open files; the cache's own.</summary>
    internal LinkedListNode<CachedFile>? Node { get; set; }

    /// <summary>Opens the file if need be and keeps it open until the lease is disposed.</summary>
    public FileLease Rent()
    {
        IFile file;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            file = _file ??= layer.Open(path, opening);
            _uses++;
        }

        cache.OnUsed(this);
        return new FileLease(this, file);
    }

    /// <summary>
    /// Keeps the file open until the lease is disposed, if it is open already; null if not, or if another thread opens or closes it now.
    /// Never waits for the device.
    /// </summary>
    public FileLease? TryRent()
    {
        if (!_lock.TryEnter())
        {
            return null;
        }

        IFile file;
        try
        {
            if (_disposed || _file is null)
            {
                return null;
            }

            file = _file;
            _uses++;
        }
        finally
        {
            _lock.Exit();
        }

        cache.OnUsed(this);
        return new FileLease(this, file);
    }

    /// <summary>Closes the file as soon as nobody uses it, for good.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            CloseIfUnused_NeedsLock();
        }

        cache.OnDisposed(this);
    }

    internal void Return()
    {
        lock (_lock)
        {
            _uses--;
            if (_disposed)
            {
                CloseIfUnused_NeedsLock();
            }
        }
    }

    /// <summary>Closes the file if nobody uses it now. Never waits: the cache calls it under its own lock.</summary>
    internal bool TryClose()
    {
        if (!_lock.TryEnter())
        {
            return false;
        }

        try
        {
            return CloseIfUnused_NeedsLock();
        }
        finally
        {
            _lock.Exit();
        }
    }

    private bool CloseIfUnused_NeedsLock()
    {
        if (_uses > 0)
        {
            return false;
        }

        _file?.Dispose();
        _file = null;
        return true;
    }
}
