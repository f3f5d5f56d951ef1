using System.Globalization;
using System.Text;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog;

/// <summary>The data folder: its format version and its lock, held for as long as this object lives.</summary>
internal sealed class DataFolder : IDisposable
{
    public const int Version = 1;
    public const string FormatName = "format";
    public const string LockName = "lock";
    public const string StreamsName = "streams";

    private const string FormatPrefix = "reflex data, format ";
    private const string UnfinishedName = FormatName + ".tmp";
    private const string DatabasePrefix = "reflex.db";

    // The root folder of an ext file system has it.
    private const string LostAndFoundName = "lost+found";

    private readonly IFile? _lock;

    private DataFolder(string path, IFile? heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    public string Path { get; }

    public string StreamsPath => System.IO.Path.Combine(Path, StreamsName);

    /// <summary>Takes the folder for this process, making it if need be.</summary>
    /// <exception cref="StorageRefusedException">It can't be had. Nothing in it was changed.</exception>
    public static DataFolder Take(IFileLayer layer, string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            CheckNames(layer, path);
            CheckFormat(layer, path);
            layer.CreateFolder(path);
            var file = TakeLock(layer, path, FileOpening.Create);
            return new DataFolder(path, file).Prepare(layer, file);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {path} can't be used: {error.Message}", error);
        }
    }

    /// <summary>Keeps other processes from a folder while it is only looked at. Nothing is made in it or written to it.</summary>
    /// <exception cref="StorageRefusedException">There is none, it can't be read, or it is in use.</exception>
    public static DataFolder Look(IFileLayer layer, string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (layer.List(path) is null)
            {
                throw new StorageRefusedException($"There is no data folder {path}: name the one that a silo uses.");
            }

            CheckNames(layer, path);
            return CheckFormat(layer, path)
                ? new DataFolder(path, TryTakeLock(layer, path))
                : throw new StorageRefusedException(
                    $"The folder {path} is no data folder, as it has no format file: name the one that a silo uses.");
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {path} can't be read: {error.Message}", error);
        }
    }

    public void Dispose() => _lock?.Dispose();

    private static void CheckNames(IFileLayer layer, string path)
    {
        foreach (var entry in layer.List(path) ?? [])
        {
            var isKnown = entry.IsFolder
                ? entry.Name is StreamsName or LostAndFoundName
                : entry.Name is FormatName or UnfinishedName or LockName || entry.Name.StartsWith(DatabasePrefix, StringComparison.Ordinal);
            if (!isKnown)
            {
                throw new StorageRefusedException(
                    $"The data folder {path} holds {entry.Name}, which is not Reflex's: name a folder of its own, or move that elsewhere.");
            }
        }
    }

    /// <summary>Whether the folder has a format, which this program knows.</summary>
    private static bool CheckFormat(IFileLayer layer, string path)
    {
        var formatPath = System.IO.Path.Combine(path, FormatName);
        string text;
        try
        {
            using var file = layer.Open(formatPath, FileOpening.Read);
            var bytes = new byte[100];
            text = Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0)).TrimEnd('\n');
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }

        if (!text.StartsWith(FormatPrefix, StringComparison.Ordinal)
            || !int.TryParse(text.AsSpan(FormatPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw new StorageRefusedException(
                $"The data folder {path} has a damaged format file: expected '{FormatPrefix}{Version}', found '{text}'; " +
                "restore it from a copy.");
        }

        return version is > 0 and <= Version
            ? true
            : throw new StorageRefusedException(
                $"The data folder {path} has format {version} and this program knows up to {Version}: use the newer program.");
    }

    /// <summary>A copy of a folder may lack the file; then nobody uses it.</summary>
    private static IFile? TryTakeLock(IFileLayer layer, string path)
    {
        try
        {
            return TakeLock(layer, path, FileOpening.Read);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static IFile TakeLock(IFileLayer layer, string path, FileOpening opening)
    {
        var file = layer.Open(System.IO.Path.Combine(path, LockName), opening);
        if (file.TryLock())
        {
            return file;
        }

        using (file)
        {
            var bytes = new byte[20];
            var holder = Encoding.ASCII.GetString(bytes, 0, file.Read(bytes, 0)).Trim('\n', '\0');
            throw new StorageRefusedException(
                $"The data folder {path} is in use by {(holder.Length > 0 ? $"process {holder}" : "another process")}: " +
                "stop that one first, or name another folder.");
        }
    }

    private DataFolder Prepare(IFileLayer layer, IFile file)
    {
        try
        {
            // Somebody may have begun or changed the folder before the lock was ours.
            if (!CheckFormat(layer, Path))
            {
                WriteFormat(layer);
            }

            // Whatever a crash has left of the folder's first start, and of its names in memory only, is made good here.
            layer.CreateFolder(StreamsPath);
            layer.FlushFolder(Path);
            if (System.IO.Path.GetDirectoryName(Path) is { } parent)
            {
                layer.FlushFolder(parent);
            }

            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void WriteFormat(IFileLayer layer)
    {
        if (layer.List(StreamsPath) is { Count: > 0 })
        {
            throw new StorageRefusedException(
                $"The data folder {Path} holds streams but no format file: expected '{FormatPrefix}{Version}' in it; " +
                "restore it from a copy.");
        }

        var unfinished = System.IO.Path.Combine(Path, UnfinishedName);
        using (var file = layer.Open(unfinished, FileOpening.Replace))
        {
            file.Write(Encoding.ASCII.GetBytes($"{FormatPrefix}{Version}\n"), 0);
            file.Flush();
        }

        layer.Rename(unfinished, System.IO.Path.Combine(Path, FormatName));
    }
}
