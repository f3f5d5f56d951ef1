namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>Which images the power may leave behind, followed through a recorded history step by step.</summary>
/// <remarks>
/// What isn't flushed is there or not: each name by itself, each sector of a write by itself, each length by itself. A failed
/// flush may have brought its sectors to the device or not, and no later flush brings them.
/// </remarks>
internal sealed class PowerCut(DiskImage start, int sectorSize, Func<bool> keepsOfFailedFlush)
{
    private const string LockName = "/lock";

    private readonly Dictionary<string, int?> _names = new(start.Names);
    private readonly List<DiskStep> _pendingNames = [];
    private readonly Dictionary<int, FileState> _files =
        start.Contents.ToDictionary(entry => entry.Key, entry => new FileState(entry.Value));

    /// <summary>How many things of the present moment may be there or not.</summary>
    public int Units => _pendingNames.Count + _files.Values.Sum(file => file.Pending.Count);

    /// <summary>Goes one step on. Answers whether other images are possible now.</summary>
    public bool Apply(DiskStep step)
    {
        switch (step.Action)
        {
            case DiskAction.Create:
                _files[step.File] = new FileState([]);
                _pendingNames.Add(step);
                return true;
            case DiskAction.CreateFolder or DiskAction.Rename or DiskAction.Delete:
                _pendingNames.Add(step);
                return true;
            case DiskAction.FlushFolder:
                _pendingNames.ForEach(change => ApplyName(_names, change, IsIn(change, step.Path)));
                return _pendingNames.RemoveAll(change => IsIn(change, step.Path)) > 0;
            case DiskAction.Flush:
                return _files[step.File].Flush(() => true);
            case DiskAction.FailedFlush:
                return _files[step.File].Flush(keepsOfFailedFlush);
            default:
                // Nothing depends on what the lock file says, so that images which differ in it are one.
                return !step.Path.EndsWith(LockName, StringComparison.Ordinal) && Change(_files[step.File], step);
        }
    }

    /// <summary>The image with those of the units that the choice says.</summary>
    public DiskImage Build(ReadOnlySpan<bool> choice, FileLengths lengths)
    {
        var names = new Dictionary<string, int?>(_names);
        for (var i = 0; i < _pendingNames.Count; i++)
        {
            ApplyName(names, _pendingNames[i], choice[i]);
        }

        // A name in a folder whose own name is lost is out of reach.
        foreach (var lost in names.Keys.Where(path => path != "/" && !IsReachable(names, path)).ToArray())
        {
            names.Remove(lost);
        }

        var contents = new Dictionary<int, byte[]>(_files.Count);
        var at = _pendingNames.Count;
        foreach (var (number, file) in _files)
        {
            contents[number] = file.Build(choice.Slice(at, file.Pending.Count), lengths);
            at += file.Pending.Count;
        }

        return new DiskImage(names, contents);
    }

    private static bool IsReachable(Dictionary<string, int?> names, string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!names.ContainsKey(folder))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsIn(DiskStep change, string folder) => Path.GetDirectoryName(change.Path) == folder;

    private static void ApplyName(Dictionary<string, int?> names, DiskStep change, bool isKept)
    {
        if (!isKept)
        {
            return;
        }

        switch (change.Action)
        {
            case DiskAction.CreateFolder:
                names[change.Path] = null;
                break;
            case DiskAction.Create:
                names[change.Path] = change.File;
                break;
            case DiskAction.Rename:
                names.Remove(change.Path);
                names[change.To!] = change.File;
                break;
            default:
                names.Remove(change.Path);
                break;
        }
    }

    private bool Change(FileState file, DiskStep step)
    {
        if (step.Bytes is null)
        {
            file.Add(step.Position, null);
            return true;
        }

        for (var start = 0; start < step.Bytes.Length;)
        {
            var size = (int)Math.Min(step.Bytes.Length - start, sectorSize - ((step.Position + start) % sectorSize));
            file.Add(step.Position + start, step.Bytes[start..(start + size)]);
            start += size;
        }

        return true;
    }

    private sealed class FileState(byte[] durable)
    {
        private byte[] _durable = durable;
        private long _seenLength = durable.Length;

        public List<(long Position, byte[]? Bytes)> Pending { get; } = [];

        public void Add(long position, byte[]? bytes)
        {
            Pending.Add((position, bytes));
            _seenLength = bytes is null ? position : Math.Max(_seenLength, position + bytes.Length);
        }

        public bool Flush(Func<bool> keeps)
        {
            var choice = Pending.Select(change => change.Bytes is null || keeps()).ToArray();
            _durable = Build(choice, FileLengths.Seen);
            Pending.Clear();
            return choice.Length > 0;
        }

        public byte[] Build(ReadOnlySpan<bool> choice, FileLengths lengths)
        {
            if (Pending.Count == 0)
            {
                return _durable;
            }

            long length = _durable.Length;
            long size = length;
            for (var i = 0; i < choice.Length; i++)
            {
                var (position, bytes) = Pending[i];
                if (choice[i])
                {
                    length = bytes is null ? position : Math.Max(length, position + bytes.Length);
                    size = Math.Max(size, length);
                }
            }

            var content = new byte[Math.Max(size, _seenLength)];
            _durable.CopyTo(content, 0);
            for (var i = 0; i < choice.Length; i++)
            {
                if (choice[i] && Pending[i].Bytes is { } bytes)
                {
                    bytes.CopyTo(content, Pending[i].Position);
                }
                else if (choice[i])
                {
                    content.AsSpan((int)Pending[i].Position).Clear();
                }
            }

            return content[..(int)(lengths switch
            {
                FileLengths.Seen => _seenLength,
                FileLengths.Durable => Math.Min(length, _durable.Length),
                _ => length,
            })];
        }
    }
}
