using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Crashes;

namespace Reflex.Storage.FileLog.Tests.Copying;

/// <summary>
/// A disk on which recorded changes go on while it is read: before each call some of them are made. A long write is many changes, as a
/// reader may see only a part of one.
/// </summary>
/// <param name="steps">The changes.</param>
/// <param name="next">How many changes are made before a call, given the call's number.</param>
internal sealed class ReplayedDisk(IReadOnlyList<DiskStep> steps, Func<int, int> next) : IFileLayer
{
    private readonly Dictionary<string, int?> _names = new() { ["/"] = null };
    private readonly Dictionary<int, byte[]> _contents = [];
    private int _calls;

    /// <summary>How many changes were made.</summary>
    public int Made { get; private set; }

    /// <summary>Cuts writes into sectors; answers the changes, and how many of them come before each of those that were recorded.</summary>
    public static (List<DiskStep> Steps, List<int> Starts) Split(IReadOnlyList<DiskStep> recorded, int sectorSize)
    {
        var steps = new List<DiskStep>();
        var starts = new List<int>();
        foreach (var step in recorded)
        {
            starts.Add(steps.Count);
            if (step.Bytes is not { } bytes)
            {
                steps.Add(step);
                continue;
            }

            for (var at = 0; at < bytes.Length;)
            {
                var size = (int)Math.Min(bytes.Length - at, sectorSize - ((step.Position + at) % sectorSize));
                steps.Add(step with { Position = step.Position + at, Bytes = bytes[at..(at + size)] });
                at += size;
            }
        }

        starts.Add(steps.Count);
        return (steps, starts);
    }

    public void Advance(int count)
    {
        for (; count > 0 && Made < steps.Count; count--)
        {
            Apply(steps[Made++]);
        }
    }

    public IFile Open(string path, FileOpening opening)
    {
        Go();
        Assert.Equal(FileOpening.Read, opening);
        return _names.GetValueOrDefault(path) is { } file ? new ReplayedFile(this, file) : throw new FileNotFoundException("", path);
    }

    public IReadOnlyList<FileEntry>? List(string folder)
    {
        Go();
        return _names.ContainsKey(folder)
            ? [.. _names.Where(name => name.Key != "/" && Path.GetDirectoryName(name.Key) == folder)
                .Select(name => new FileEntry(
                    Path.GetFileName(name.Key), name.Value is { } file ? _contents[file].Length : 0, name.Value is null))]
            : null;
    }

    public void CreateFolder(string path) => throw new NotSupportedException();

    public bool IsPrivate(string folder) => throw new NotSupportedException();

    public void MakePrivate(string path) => throw new NotSupportedException();

    public void FlushFolder(string path) => throw new NotSupportedException();

    public void Rename(string from, string to) => throw new NotSupportedException();

    public void Delete(string path) => throw new NotSupportedException();

    private void Go() => Advance(next(_calls++));

    private void Apply(DiskStep step)
    {
        switch (step.Action)
        {
            case DiskAction.Create:
                _names[step.Path] = step.File;
                _contents[step.File] = [];
                break;
            case DiskAction.CreateFolder:
                _names[step.Path] = null;
                break;
            case DiskAction.Write:
                var content = _contents[step.File];
                var end = (int)Math.Max(content.Length, step.Position + step.Bytes!.Length);
                Array.Resize(ref content, end);
                step.Bytes.CopyTo(content, (int)step.Position);
                _contents[step.File] = content;
                break;
            case DiskAction.SetLength:
                var cut = _contents[step.File];
                Array.Resize(ref cut, (int)step.Position);
                _contents[step.File] = cut;
                break;
            case DiskAction.Rename:
                _names.Remove(step.Path);
                _names[step.To!] = step.File;
                break;
            case DiskAction.Delete:
                _names.Remove(step.Path);
                break;
        }
    }

    private sealed class ReplayedFile(ReplayedDisk disk, int file) : IFile
    {
        public long Length
        {
            get
            {
                disk.Go();
                return disk._contents[file].Length;
            }
        }

        public int Read(Span<byte> destination, long position)
        {
            disk.Go();
            var bytes = disk._contents[file];
            var count = (int)Math.Clamp(bytes.Length - position, 0, destination.Length);
            bytes.AsSpan((int)Math.Min(position, bytes.Length), count).CopyTo(destination);
            return count;
        }

        public bool TryRead(Span<byte> destination, long position, out int read) => throw new NotSupportedException();

        public void Write(ReadOnlySpan<byte> bytes, long position) => throw new NotSupportedException();

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long position) => throw new NotSupportedException();

        public void SetLength(long length) => throw new NotSupportedException();

        public void Flush() => throw new NotSupportedException();

        public void Lock() => throw new NotSupportedException();

        public bool TryLock() => throw new NotSupportedException();

        public void Unlock() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
