using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>An open file of the simulated disk.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, SimulatedContent content) : IFile
{
    private bool _holdsLock;

    public long Length => disk.Call("length", () => content.Length);

    public int Read(Span<byte> destination, long position)
    {
        var bytes = new byte[destination.Length];
        var read = disk.Call("read", () => content.Read(bytes, position));
        bytes.AsSpan(0, read).CopyTo(destination);
        return read;
    }

    public bool TryRead(Span<byte> destination, long position, out int read)
    {
        read = disk.IsCached ? Read(destination, position) : 0;
        return disk.IsCached;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position) => Write([bytes.ToArray()], position);

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position)
    {
        var bytes = blocks.SelectMany(block => block.ToArray()).ToArray();
        disk.Call(
            "write",
            () => content.Write(bytes, position),
            _ => content.Write(bytes.AsSpan(0, (int)(bytes.Length * disk.FailedWrites)), position));
    }

    public void SetLength(long length) => disk.Call("set length", () => content.SetLength(length), _ => { });

    public void Flush() => disk.Call("flush", content.Flush, _ => content.LoseFlush());

    public void Lock()
    {
        // A second owner waits for the first in the same test process, so the disk itself must not be held meanwhile.
        disk.Call("lock", () => true);
        if (!content.TryLock())
        {
            content.LockAsync().GetAwaiter().GetResult();
        }

        _holdsLock = true;
    }

    public bool TryLock() => _holdsLock = disk.Call("try lock", content.TryLock);

    public void Unlock()
    {
        _holdsLock = false;
        content.Unlock();
    }

    public void Dispose()
    {
        if (_holdsLock)
        {
            Unlock();
        }
    }
}
