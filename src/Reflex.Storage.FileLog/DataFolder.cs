using System.Globalization;
using System.Text;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog;

/// <summary>The data folder: its format version and its lock, held for as long as this object lives.</summary>
internal sealed partial class DataFolder : IDisposable
{
    public const int Version = 1;
    public const string FormatName = "format";
    public const string LockName = "lock";
    public const string StreamsName = "streams";

    /// <summary>Says that the folder is a copy that isn't whole yet. Programs that don't know the name refuse it too.</summary>
    public const string CopyingName = "format.copying";

    private const string FormatPrefix = "reflex data, format ";
    private const string UnfinishedName = FormatName + ".tmp";
    private const string DatabaseName = "reflex.db";

    private IFile? _lock;

    private DataFolder(string path, IReadOnlyList<string> foreign, IFile? heldLock)
    {
        Path = path;
        Foreign = foreign;
        _lock = heldLock;
    }

    public string Path { get; }

    /// <summary>The names in it that are somebody else's, and left alone.</summary>
    public IReadOnlyList<string> Foreign { get; }

    /// <summary>The names in the streams' folder that are no streams'; of a folder that was taken.</summary>
    public IReadOnlyList<string> ForeignStreams { get; private set; } = [];

    /// <summary>What in it stays open to other users, since it belongs to somebody else; empty when nothing does.</summary>
    public IReadOnlyList<string> LeftOpen { get; private set; } = [];

    public string StreamsPath => System.IO.Path.Combine(Path, StreamsName);

    /// <summary>Takes the folder for this process, making it if need be.</summary>
    /// <exception cref="StorageRefusedException">It can't be had. Nothing in it was changed.</exception>
    public static DataFolder Take(IFileLayer layer, string path) => Take(layer, path, isCopy: false);

    /// <summary>Takes the folder for a copy into it, which is new or wasn't finished; nobody else takes it until it is.</summary>
    /// <exception cref="StorageRefusedException">It can't be had. Nothing in it was changed.</exception>
    public static DataFolder TakeForCopy(IFileLayer layer, string path) => Take(layer, path, isCopy: true);

    /// <summary>Keeps other processes from a folder while it is only looked at. Nothing is made in it or written to it.</summary>
    /// <exception cref="StorageRefusedException">There is none, it can't be read, or it is in use.</exception>
    public static DataFolder Look(IFileLayer layer, string path) => Look(layer, path, takesLock: true);

    /// <summary>Looks at a folder that a silo may be using. Nothing is made in it or written to it.</summary>
    /// <exception cref="StorageRefusedException">There is none, or it can't be read.</exception>
    public static DataFolder LookBeside(IFileLayer layer, string path) => Look(layer, path, takesLock: false);

    /// <summary>Whether somebody uses a folder at the moment.</summary>
    /// <exception cref="IOException">It can't be told.</exception>
    public static bool IsInUse(IFileLayer layer, string path)
    {
        try
        {
            using var file = layer.Open(System.IO.Path.Combine(path, LockName), FileOpening.Read);
            if (!file.TryLock())
            {
                return true;
            }

            file.Unlock();
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Makes it a data folder like any other. Everything in it is flushed.</summary>
    public void FinishCopy(IFileLayer layer)
    {
        // The names of what is in it first: a power cut must not leave a folder that is whole by its mark alone.
        layer.FlushFolder(Path);
        layer.Delete(System.IO.Path.Combine(Path, CopyingName));
        layer.FlushFolder(Path);
    }

    /// <summary>Writes a format file, durable but for its name.</summary>
    public static void WriteFormat(IFileLayer layer, string path)
    {
        using var file = layer.Open(path, FileOpening.Replace);
        file.Write(Encoding.ASCII.GetBytes($"{FormatPrefix}{Version}\n"), 0);
        file.Flush();
    }

    public void Dispose()
    {
        using var held = Interlocked.Exchange(ref _lock, null);

        // Closing isn't enough: a process that is being started has the file open as well until it has begun its own program.
        held?.Unlock();
    }

    private static DataFolder Take(IFileLayer layer, string path, bool isCopy)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            var foreign = CheckNames(layer, path, isCopy);
            CheckFormat(layer, path);
            layer.CreateFolder(path);
            var file = TakeLock(layer, path, FileOpening.Create);
            return new DataFolder(path, foreign, file).Prepare(layer, file, isCopy);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {path} can't be used: {DiskErrors.Tell(error)}", error);
        }
    }

    private static DataFolder Look(IFileLayer layer, string path, bool takesLock)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (layer.List(path) is null)
            {
                throw new StorageRefusedException($"There is no data folder {path}: name the one that a silo uses.");
            }

            if (!CheckFormat(layer, path))
            {
                throw new StorageRefusedException(
                    $"The folder {path} is no data folder, as it has no format file: name the one that a silo uses.");
            }

            var foreign = CheckNames(layer, path);
            return new DataFolder(path, foreign, takesLock ? TryTakeLock(layer, path) : null);
        }
        catch (Exception error) when (DiskErrors.IsDisk(error))
        {
            throw new StorageRefusedException($"The data folder {path} can't be read: {DiskErrors.Tell(error)}", error);
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
                $"The data folder {path} has a damaged format file: expected '{FormatPrefix}{Version}', " +
                $"found '{PlainText.Of(text)}'; restore it from a backup.");
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
            var text = Encoding.ASCII.GetString(bytes, 0, file.Read(bytes, 0)).Trim('\n', '\0');
            var holder = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                ? string.Create(CultureInfo.InvariantCulture, $"process {process}")
                : "another process";
            throw new StorageRefusedException(
                $"The data folder {path} is in use by {holder}: stop that one first, or name another folder.");
        }
    }

    /// <summary>Marks it before anything else is made in it, so that what a crash leaves is nobody's data folder.</summary>
    private void BeginCopy(IFileLayer layer)
    {
        var mark = System.IO.Path.Combine(Path, CopyingName);
        var isBegun = (layer.List(Path) ?? []).Any(entry => entry.Name == CopyingName);
        if (!isBegun && CheckFormat(layer, Path))
        {
            throw new StorageRefusedException($"The folder {Path} is a data folder already: name one that doesn't exist, or is empty.");
        }

        using (var file = layer.Open(mark, FileOpening.Create))
        {
            file.Flush();
        }

        layer.FlushFolder(Path);
    }

    private DataFolder Prepare(IFileLayer layer, IFile file, bool isCopy)
    {
        try
        {
            if (isCopy)
            {
                BeginCopy(layer);
            }

            // Somebody may have begun or changed the folder before the lock was ours.
            if (!CheckFormat(layer, Path))
            {
                MakeFormat(layer);
            }

            // Whatever a crash has left of the folder's first start, and of its names in memory only, is made good here.
            layer.CreateFolder(StreamsPath);
            ForeignStreams = StreamsFolder.ListStreams(layer, StreamsPath).NotOwn;
            LeftOpen = MakePrivate(layer);
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

    private void MakeFormat(IFileLayer layer)
    {
        if (layer.List(StreamsPath) is { Count: > 0 })
        {
            throw new StorageRefusedException(
                $"The data folder {Path} holds streams but no format file: expected '{FormatPrefix}{Version}' in it; " +
                "restore it from a backup.");
        }

        var unfinished = System.IO.Path.Combine(Path, UnfinishedName);
        WriteFormat(layer, unfinished);
        layer.Rename(unfinished, System.IO.Path.Combine(Path, FormatName));
    }
}
