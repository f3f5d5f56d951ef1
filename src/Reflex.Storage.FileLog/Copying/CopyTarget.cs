using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Copying;

/// <summary>The folder that a data folder is copied to, which has its name only when the copy is whole and durable.</summary>
/// <remarks>
/// Until then the copy lies beside it, under a name that says so, without the file that makes a folder a data folder. Where nothing can
/// be renamed to the folder, because it is the root of a volume, the copy lies in it meanwhile, and that file comes last.
/// </remarks>
internal sealed class CopyTarget : IDisposable
{
    private const string Suffix = ".unfinished";

    private readonly IFileLayer _layer;
    private readonly string _path;
    private readonly bool _isInside;
    private IFile? _lock;

    private CopyTarget(IFileLayer layer, string path, bool isInside)
    {
        _layer = layer;
        _path = path;
        _isInside = isInside;
        UnfinishedPath = isInside ? Path.Combine(path, Suffix) : path + Suffix;
    }

    /// <summary>Where the copy lies until it is finished.</summary>
    public string UnfinishedPath { get; }

    /// <summary>Makes the folder for the copy.</summary>
    /// <exception cref="StorageRefusedException">The target can't be one, or somebody else is about to make it.</exception>
    public static CopyTarget Make(IFileLayer layer, string source, string path)
    {
        path = RealPath.Of(path);
        var exists = RequireFree(layer, source, path);
        var target = new CopyTarget(layer, path, isInside: exists && IsVolume(path));
        try
        {
            layer.CreateFolder(target.UnfinishedPath);
            target.Take();
            return target;
        }
        catch
        {
            target._lock?.Dispose();
            target._lock = null;
            throw;
        }
    }

    /// <summary>Gives the folder its name. Everything in it is flushed.</summary>
    public void Finish()
    {
        var format = Path.Combine(UnfinishedPath, DataFolder.FormatName);
        DataFolder.WriteFormat(_layer, format);
        _layer.FlushFolder(UnfinishedPath);
        if (_isInside)
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(UnfinishedPath).Where(entry => entry != format))
            {
                Move(entry, Path.Combine(_path, Path.GetFileName(entry)));
            }

            _layer.FlushFolder(_path);
            Move(format, Path.Combine(_path, DataFolder.FormatName));
            Directory.Delete(UnfinishedPath);
            _layer.FlushFolder(_path);
        }
        else
        {
            if (Directory.Exists(_path))
            {
                // Empty, or this fails and leaves it.
                Directory.Delete(_path);
            }

            Directory.Move(UnfinishedPath, _path);
            _layer.FlushFolder(Path.GetDirectoryName(_path)!);
        }

        _lock!.Dispose();
        _lock = null;
    }

    /// <summary>Removes what was copied, unless it is finished.</summary>
    public void Dispose()
    {
        if (_lock is null)
        {
            return;
        }

        try
        {
            Directory.Delete(UnfinishedPath, recursive: true);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            // It has no format file, so that nobody takes it for a data folder; the next copy to this name removes it.
        }

        _lock.Dispose();
        _lock = null;
    }

    /// <summary>Answers whether the folder exists; empty but for what systems leave in any.</summary>
    private static bool RequireFree(IFileLayer layer, string source, string path)
    {
        if (RealPath.IsIn(source, path))
        {
            throw new StorageRefusedException($"{path} lies in the data folder {source}: name a folder elsewhere.");
        }

        if (File.Exists(path) || (new FileInfo(path).LinkTarget is not null && !Directory.Exists(path)))
        {
            throw new StorageRefusedException($"{path} is no folder: name one that doesn't exist.");
        }

        if (layer.List(path) is not { } entries)
        {
            return Path.GetDirectoryName(path) is { } parent && Directory.Exists(parent)
                ? false
                : throw new StorageRefusedException($"There is no folder {Path.GetDirectoryName(path)} to make {path} in: make it first.");
        }

        return entries.FirstOrDefault(entry => !ForeignName.IsSystems(entry.Name)).Name is { } name
            ? throw new StorageRefusedException(
                $"The folder {path} holds {PlainText.Of(name)}: name a folder that doesn't exist, or an empty one.")
            : true;
    }

    private static bool IsVolume(string path)
    {
        var real = RealPath.Of(path);
        return Directory.EnumerateFileSystemEntries(path).Any()
            || DriveInfo.GetDrives().Any(drive => Path.TrimEndingDirectorySeparator(drive.Name) == real);
    }

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }
    }

    /// <summary>Keeps others from the unfinished folder, and removes what one that was interrupted has left there.</summary>
    private void Take()
    {
        RequireLeftover();
        _lock = _layer.Open(Path.Combine(UnfinishedPath, DataFolder.LockName), FileOpening.Create);
        if (!_lock.TryLock())
        {
            throw new StorageRefusedException($"Another process is copying to {_path} right now: wait for it, or name another folder.");
        }

        foreach (var entry in RequireLeftover().Where(entry => entry.Name != DataFolder.LockName))
        {
            var path = Path.Combine(UnfinishedPath, entry.Name);
            if (entry.IsFolder)
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                _layer.Delete(path);
            }
        }
    }

    private IReadOnlyList<FileEntry> RequireLeftover()
    {
        var entries = _layer.List(UnfinishedPath) ?? [];
        return entries.Any(entry => !DataFolder.IsOwn(entry) || entry.Name == DataFolder.FormatName)
            ? throw new StorageRefusedException(
                $"The folder {UnfinishedPath} is in the way of a copy to {_path}, and isn't what an interrupted one has left: " +
                "move it elsewhere.")
            : entries;
    }
}
