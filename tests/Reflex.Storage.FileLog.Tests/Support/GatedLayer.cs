using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A file layer whose next flush of a file, once armed, waits until the test lets it go.</summary>
internal sealed class GatedLayer(IFileLayer inner, TaskCompletionSource reached, TaskCompletionSource release) : IFileLayer
{
    private volatile bool _isArmed;

    public void Arm() => _isArmed = true;

    public IFile Open(string path, FileOpening opening) => new GatedFile(this, inner.Open(path, opening));

    public IReadOnlyList<FileEntry>? List(string folder) => inner.List(folder);

    public void CreateFolder(string path) => inner.CreateFolder(path);

    public bool IsPrivate(string folder) => inner.IsPrivate(folder);

    public void MakePrivate(string path) => inner.MakePrivate(path);

    public void FlushFolder(string path) => inner.FlushFolder(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    private sealed class GatedFile(GatedLayer layer, IFile file) : IFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public bool TryRead(Span<byte> destination, long position, out int read) => file.TryRead(destination, position, out read);

        public void Write(ReadOnlySpan<byte> bytes, long position) => file.Write(bytes, position);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position) => file.Write(blocks, position);

        public void SetLength(long length) => file.SetLength(length);

        public void Flush()
        {
            layer.Pass();
            file.Flush();
        }

        public void Lock() => file.Lock();

        public bool TryLock() => file.TryLock();

        public void Unlock() => file.Unlock();

        public void Dispose() => file.Dispose();
    }

    private void Pass()
    {
        if (_isArmed)
        {
            _isArmed = false;
            reached.SetResult();
            release.Task.GetAwaiter().GetResult();
        }
    }
}
