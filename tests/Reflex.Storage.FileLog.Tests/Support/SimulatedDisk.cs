using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>
/// A disk in memory that keeps apart what is written and what is flushed, so that a test can cut its power. Every call is
/// counted, and a call can be made to fail.
/// </summary>
/// <remarks>
/// What isn't flushed survives a power cut or not, sector by sector and name by name, as a random source decides. A failing
/// flush does what Linux does: the pages count as clean, so that only writing them again can ever bring them to the device.
/// </remarks>
internal sealed class SimulatedDisk : IFileLayer
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SimulatedFolder> _folders = [];
    private readonly int _sectorSize;

    public SimulatedDisk(int sectorSize = 512)
    {
        _sectorSize = sectorSize;
        _folders["/"] = new SimulatedFolder();
    }

    /// <summary>How many calls were made that can fail.</summary>
    public int Calls { get; private set; }

    /// <summary>Decides, of a call's number and name, how it fails; null lets it succeed.</summary>
    public Func<int, string, Exception?>? Fault { get; set; }

    /// <summary>Whether it has everything in memory, so that no read waits for the device.</summary>
    public bool IsCached { get; set; }

    /// <summary>How much of a write that fails is done: from nothing, 0, to all of it, 1.</summary>
    public double FailedWrites { get; init; } = 0.5;

    public static IOException InputOutputError => new("Simulated EIO", 5);

    public static IOException NoSpace => new("Simulated ENOSPC", 28);

    public IFile Open(string path, FileOpening opening)
    {
        lock (_lock)
        {
            OnCall("open");
            var folder = Folder(Path.GetDirectoryName(path)!) ?? throw new DirectoryNotFoundException(path);
            var name = Path.GetFileName(path);
            if (!folder.Names.TryGetValue(name, out var file))
            {
                if (opening is FileOpening.Read or FileOpening.Write)
                {
                    throw new FileNotFoundException("There is no such file.", path);
                }

                file = new SimulatedContent(_sectorSize);
                folder.Change(name, file);
            }

            if (opening == FileOpening.Replace)
            {
                file.SetLength(0);
            }

            return new SimulatedFile(this, file);
        }
    }

    public IReadOnlyList<FileEntry>? List(string folder)
    {
        lock (_lock)
        {
            OnCall("list");
            return Folder(folder) is { } found
                ? [.. found.Names.Select(name => new FileEntry(name.Key, name.Value.Length, false)),
                    .. _folders.Keys.Where(path => path != "/" && Path.GetDirectoryName(path) == folder)
                        .Select(path => new FileEntry(Path.GetFileName(path), 0, true))]
                : null;
        }
    }

    public void CreateFolder(string path)
    {
        lock (_lock)
        {
            OnCall("create folder");
            if (Folder(path) is null)
            {
                _ = Folder(Path.GetDirectoryName(path)!) ?? throw new DirectoryNotFoundException(path);
                _folders[path] = new SimulatedFolder();
            }
        }
    }

    public bool IsPrivate(string folder) => true;

    public void MakePrivate(string path)
    {
    }

    public void FlushFolder(string path)
    {
        lock (_lock)
        {
            OnCall("flush folder");
            var folder = Folder(path) ?? throw new DirectoryNotFoundException(path);
            folder.Flush();
            foreach (var (child, content) in _folders.Where(entry => entry.Key != "/" && Path.GetDirectoryName(entry.Key) == path))
            {
                content.IsDurable = true;
            }
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            OnCall("rename");
            var folder = Folder(Path.GetDirectoryName(from)!)!;
            var file = folder.Names[Path.GetFileName(from)];
            folder.Rename(Path.GetFileName(from), Path.GetFileName(to), file);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            OnCall("delete");
            var folder = Folder(Path.GetDirectoryName(path)!) ?? throw new DirectoryNotFoundException(path);
            if (folder.Names.ContainsKey(Path.GetFileName(path)))
            {
                folder.Change(Path.GetFileName(path), null);
            }
        }
    }

    /// <summary>The disk after the power was cut now. This one goes on as it was.</summary>
    public SimulatedDisk CutPower(Random random)
    {
        lock (_lock)
        {
            var after = new SimulatedDisk(_sectorSize);
            var cut = Once(file => file.AfterPowerCut(random));
            foreach (var (path, folder) in _folders.OrderBy(entry => entry.Key.Length))
            {
                if (path == "/" || (after._folders.ContainsKey(Path.GetDirectoryName(path)!) && (folder.IsDurable || random.Next(2) == 0)))
                {
                    after._folders[path] = folder.AfterPowerCut(random, cut);
                }
            }

            return after;
        }
    }

    /// <summary>The disk after the process was killed now: everything written is there, and no file is locked.</summary>
    public SimulatedDisk Kill()
    {
        lock (_lock)
        {
            var after = new SimulatedDisk(_sectorSize);
            var copy = Once(file => file.Copy());
            foreach (var (path, folder) in _folders)
            {
                after._folders[path] = folder.Copy(copy);
            }

            return after;
        }
    }

    /// <summary>A file's bytes as a process sees them; null when there is no such file.</summary>
    public byte[]? ReadAll(string path)
    {
        lock (_lock)
        {
            return Folder(Path.GetDirectoryName(path)!)?.Names.GetValueOrDefault(Path.GetFileName(path))?.ToArray();
        }
    }

    internal T Call<T>(string name, Func<T> call)
    {
        lock (_lock)
        {
            OnCall(name);
            return call();
        }
    }

    /// <summary>A call that may fail half done.</summary>
    internal void Call(string name, Action call, Action<Exception> onFault)
    {
        lock (_lock)
        {
            try
            {
                OnCall(name);
            }
            catch (Exception error)
            {
                onFault(error);
                throw;
            }

            call();
        }
    }

    /// <summary>A file may have two names, of which one is lost: it stays one file.</summary>
    private static Func<SimulatedContent, SimulatedContent> Once(Func<SimulatedContent, SimulatedContent> make)
    {
        var made = new Dictionary<SimulatedContent, SimulatedContent>();
        return file => made.TryGetValue(file, out var known) ? known : made[file] = make(file);
    }

    private SimulatedFolder? Folder(string path) => _folders.GetValueOrDefault(path);

    private void OnCall(string name)
    {
        if (Fault?.Invoke(Calls++, name) is { } fault)
        {
            throw fault;
        }
    }
}
