using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A file layer on a device that, once stalled, brings no byte of a segment until the test lets it go on.</summary>
internal sealed class StalledLayer(IFileLayer inner) : IFileLayer
{
    private readonly object _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];
    private string? _stalled;
    private int _allowed;
    private int _waiting;

    /// <summary>How many of the pool's threads have waited for the device.</summary>
    public int PoolThreads { get; private set; }

    /// <summary>Has reads of segments in a folder wait.</summary>
    public void Stall(string folder)
    {
        lock (_lock)
        {
            _stalled = folder;
        }
    }

    /// <summary>Lets so many reads go on.</summary>
    public void Allow(int reads)
    {
        lock (_lock)
        {
            _allowed += reads;
            Monitor.PulseAll(_lock);
        }
    }

    public void GoOn()
    {
        lock (_lock)
        {
            _stalled = null;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Ends when so many threads wait for the device, and none is allowed to go on.</summary>
    public Task WaitAsync(int threads)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((threads, reached));
            Tell_NeedsLock();
            return reached.Task;
        }
    }

    public IFile Open(string path, FileOpening opening) => path.EndsWith(".log", StringComparison.Ordinal)
        ? new StalledFile(this, inner.Open(path, opening), path)
        : inner.Open(path, opening);

    public IReadOnlyList<FileEntry>? List(string folder) => inner.List(folder);

    public void CreateFolder(string path) => inner.CreateFolder(path);

    public bool IsPrivate(string folder) => inner.IsPrivate(folder);

    public void MakePrivate(string path) => inner.MakePrivate(path);

    public void FlushFolder(string path) => inner.FlushFolder(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    private void Wait(string path)
    {
        lock (_lock)
        {
            if (!IsStalled_NeedsLock(path))
            {
                return;
            }

            PoolThreads += Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
            _waiting++;
            while (IsStalled_NeedsLock(path) && _allowed == 0)
            {
                Tell_NeedsLock();
                Monitor.Wait(_lock);
            }

            _waiting--;
            _allowed -= IsStalled_NeedsLock(path) ? 1 : 0;
        }
    }

    private bool IsStalled_NeedsLock(string path) => _stalled is { } folder && path.StartsWith(folder, StringComparison.Ordinal);

    private void Tell_NeedsLock() => _awaited.Where(awaited => _allowed == 0 && awaited.Count <= _waiting).ToList()
        .ForEach(awaited => awaited.Reached.TrySetResult());

    private sealed class StalledFile(StalledLayer layer, IFile file, string path) : IFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long position)
        {
            layer.Wait(path);
            return file.Read(destination, position);
        }

        public bool TryRead(Span<byte> destination, long position, out int read) => file.TryRead(destination, position, out read);

        public void Write(ReadOnlySpan<byte> bytes, long position) => file.Write(bytes, position);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position) => file.Write(blocks, position);

        public void SetLength(long length) => file.SetLength(length);

        public void Flush() => file.Flush();

        public void Lock() => file.Lock();

        public bool TryLock() => file.TryLock();

        public void Unlock() => file.Unlock();

        public void Dispose() => file.Dispose();
    }
}
