using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>A disk in memory that begins with an image and can record what is done to it. Copies a file when it is first changed.</summary>
internal sealed class ImageDisk : IFileLayer
{
    private readonly Dictionary<string, int?> _names;
    private readonly Dictionary<int, byte[]> _contents;
    private readonly HashSet<int> _owned = [];
    private int _lastFile;

    public ImageDisk(DiskImage image)
    {
        _names = new Dictionary<string, int?>(image.Names);
        _contents = new Dictionary<int, byte[]>(image.Contents);
        _lastFile = _contents.Count > 0 ? _contents.Keys.Max() : 0;
    }

    /// <summary>What was done, in order; null records nothing.</summary>
    public List<DiskStep>? Steps { get; init; }

    /// <summary>Which flushes fail, told by their action and path.</summary>
    public Func<DiskAction, string, bool>? Fails { get; set; }

    public IEnumerable<string> Names => _names.Keys;

    public byte[] ReadAll(string path) => _contents[_names[path]!.Value];

    /// <summary>What the disk holds now, as an image: the process is gone, the power is not.</summary>
    public DiskImage ToImage() => new(
        new Dictionary<string, int?>(_names), _contents.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray()));

    public IFile Open(string path, FileOpening opening)
    {
        if (!_names.TryGetValue(path, out var file))
        {
            if (opening is FileOpening.Read or FileOpening.Write)
            {
                throw new FileNotFoundException("There is no such file.", path);
            }

            RequireFolder(path);
            file = ++_lastFile;
            _names[path] = file;
            _contents[file.Value] = [];
            Record(new DiskStep(DiskAction.Create, path, file.Value));
        }

        var opened = new ImageFile(this, file!.Value, path);
        if (opening == FileOpening.Replace && opened.Length > 0)
        {
            opened.SetLength(0);
        }

        return opened;
    }

    public IReadOnlyList<FileEntry>? List(string folder) => _names.ContainsKey(folder)
        ? [.. _names.Where(name => name.Key != "/" && Path.GetDirectoryName(name.Key) == folder)
            .Select(name => new FileEntry(
                Path.GetFileName(name.Key), name.Value is { } file ? _contents[file].Length : 0, name.Value is null))]
        : null;

    public void CreateFolder(string path)
    {
        if (!_names.ContainsKey(path))
        {
            RequireFolder(path);
            _names[path] = null;
            Record(new DiskStep(DiskAction.CreateFolder, path));
        }
    }

    public bool IsPrivate(string folder) => true;

    public void MakePrivate(string path)
    {
    }

    public void FlushFolder(string path)
    {
        RequireFolder(Path.Combine(path, "."));
        if (Fails?.Invoke(DiskAction.FlushFolder, path) == true)
        {
            throw new IOException("Simulated EIO", 5);
        }

        Record(new DiskStep(DiskAction.FlushFolder, path));
    }

    public void Rename(string from, string to)
    {
        var file = _names[from];
        _names.Remove(from);
        _names[to] = file;
        Record(new DiskStep(DiskAction.Rename, from, file!.Value, To: to));
    }

    public void Delete(string path)
    {
        if (_names.Remove(path))
        {
            Record(new DiskStep(DiskAction.Delete, path));
        }
    }

    private void RequireFolder(string path)
    {
        if (!_names.TryGetValue(Path.GetDirectoryName(path)!, out var folder) || folder is not null)
        {
            throw new DirectoryNotFoundException(path);
        }
    }

    private void Record(DiskStep step) => Steps?.Add(step);

    private sealed class ImageFile(ImageDisk disk, int file, string path) : IFile
    {
        public long Length => disk._contents[file].Length;

        public int Read(Span<byte> destination, long position)
        {
            var bytes = disk._contents[file];
            var count = (int)Math.Clamp(bytes.Length - position, 0, destination.Length);
            bytes.AsSpan((int)Math.Min(position, bytes.Length), count).CopyTo(destination);
            return count;
        }

        public bool TryRead(Span<byte> destination, long position, out int read)
        {
            read = Read(destination, position);
            return true;
        }

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            bytes.CopyTo(Own(Math.Max(Length, position + bytes.Length)).AsSpan((int)position));
            if (disk.Steps is { } steps)
            {
                steps.Add(new DiskStep(DiskAction.Write, path, file, position, bytes.ToArray()));
            }
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position)
        {
            var bytes = new byte[blocks.Sum(block => block.Length)];
            var at = 0;
            foreach (var block in blocks)
            {
                block.Span.CopyTo(bytes.AsSpan(at));
                at += block.Length;
            }

            Write(bytes, position);
        }

        public void SetLength(long length)
        {
            Own(length);
            disk.Record(new DiskStep(DiskAction.SetLength, path, file, length));
        }

        public void Flush()
        {
            var fails = disk.Fails?.Invoke(DiskAction.Flush, path) == true;
            disk.Record(new DiskStep(fails ? DiskAction.FailedFlush : DiskAction.Flush, path, file));
            if (fails)
            {
                throw new IOException("Simulated EIO", 5);
            }
        }

        // One owner after the other uses an image, so that nobody waits.
        public void Lock()
        {
        }

        public bool TryLock() => true;

        public void Unlock()
        {
        }

        public void Dispose()
        {
        }

        private byte[] Own(long length)
        {
            var bytes = disk._contents[file];
            if (disk._owned.Add(file) || bytes.Length != length)
            {
                var copy = new byte[length];
                bytes.AsSpan(0, (int)Math.Min(length, bytes.Length)).CopyTo(copy);
                disk._contents[file] = bytes = copy;
            }

            return bytes;
        }
    }
}
