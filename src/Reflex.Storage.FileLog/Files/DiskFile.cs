using Microsoft.Win32.SafeHandles;

namespace Reflex.Storage.FileLog.Files;

/// <summary>A file on the disk.</summary>
internal sealed class DiskFile(SafeFileHandle handle, string path) : IFile
{
    private bool _isLocked;

    // As far as is known: not every file system can tell.
    private volatile bool _tellsOfWaiting = Libc.CanReadCached;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> destination, long position)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[total..], position + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public bool TryRead(Span<byte> destination, long position, out int read)
    {
        read = 0;
        while (_tellsOfWaiting)
        {
            var result = Libc.ReadCached(handle, destination[read..], position + read, out var isWaiting);
            if (result < 0)
            {
                _tellsOfWaiting = isWaiting;
                return false;
            }

            read += result;
            if (read == destination.Length)
            {
                return true;
            }

            if (result == 0)
            {
                // Some kernels say 0 as well where they would have to wait.
                return position + read >= Length;
            }
        }

        return false;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position) => RandomAccess.Write(handle, blocks, position);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Flush()
    {
        if (OperatingSystem.IsLinux())
        {
            Libc.FlushData(handle, path);
        }
        else
        {
            // FlushFileBuffers on Windows; on macOS F_FULLFSYNC, the only call there that reaches the device.
            RandomAccess.FlushToDisk(handle);
        }
    }

    public void Lock()
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsLock.Lock(handle, path);
        }
        else
        {
            Libc.Lock(handle, path);
        }

        _isLocked = true;
    }

    public bool TryLock() =>
        _isLocked = OperatingSystem.IsWindows() ? WindowsLock.TryLock(handle, path) : Libc.TryLock(handle, path);

    public void Unlock()
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsLock.Unlock(handle, path);
        }
        else
        {
            Libc.Unlock(handle, path);
        }

        _isLocked = false;
    }

    public void Dispose()
    {
        try
        {
            // Closing isn't enough: a process that is being started has a copy of every open file until it runs its own program, and
            // would hold the lock for so long.
            if (_isLocked)
            {
                Unlock();
            }
        }
        finally
        {
            handle.Dispose();
        }
    }
}
