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

    private readonly IFile _lock;

    private DataFolder(string path, IFile heldLock)
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
            return new DataFolder(path, TakeLock(layer, path)).Prepare(layer);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {path} can't be used: {error.Message}", error);
        }
    }

    public void Dispose() => _lock.Dispose();

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

    private static IFile TakeLock(IFileLayer layer, string path)
    {
        var file = layer.Open(System.IO.Path.Combine(path, LockName), FileOpening.Create);
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

    private DataFolder Prepare(IFileLayer layer)
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

            _lock.SetLength(0);
            _lock.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
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
