using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A file layer whose process may have so many files open, as a system's limit has it.</summary>
internal sealed class CountedLayer(IFileLayer inner, int limit) : IFileLayer
{
    private int _open;

    /// <summary>How many files may be open; fewer than are open refuses every further one.</summary>
    public int Limit { get; set; } = limit;

    /// <summary>The most that were open at the same time.</summary>
    public int Most { get; private set; }

    public IFile Open(string path, FileOpening opening)
    {
        Take(path);
        try
        {
            return new CountedFile(this, inner.Open(path, opening));
        }
        catch
        {
            Give();
            throw;
        }
    }

    public IReadOnlyList<FileEntry>? List(string folder)
    {
        Take(folder);
        Give();
        return inner.List(folder);
    }

    public void CreateFolder(string path) => inner.CreateFolder(path);

    public bool IsPrivate(string folder) => inner.IsPrivate(folder);

    public void MakePrivate(string path) => inner.MakePrivate(path);

    public void FlushFolder(string path)
    {
        Take(path);
        Give();
        inner.FlushFolder(path);
    }

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    private void Take(string path)
    {
        var open = Interlocked.Increment(ref _open);
        if (open > Limit)
        {
            Give();
            throw new IOException($"Too many open files : '{path}'", 24);
        }

        Most = Math.Max(Most, open);
    }

    private void Give() => Interlocked.Decrement(ref _open);

    private sealed class CountedFile(CountedLayer layer, IFile file) : IFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public bool TryRead(Span<byte> destination, long position, out int read) => file.TryRead(destination, position, out read);

        public void Write(ReadOnlySpan<byte> bytes, long position) => file.Write(bytes, position);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position) => file.Write(blocks, position);

        public void SetLength(long length) => file.SetLength(length);

        public void Flush() => file.Flush();

        public void Lock() => file.Lock();

        public bool TryLock() => file.TryLock();

        public void Unlock() => file.Unlock();

        public void Dispose()
        {
            file.Dispose();
            layer.Give();
        }
    }
}
