using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Reflex.Storage;

/// <summary>Opens and makes files and folders of a data folder, for storages.</summary>
/// <remarks>
/// A file of a storage is a regular file. In its place there may be a link, a pipe, a socket or a device, in a folder that somebody
/// else has made or could write to: it is refused, never followed, waited for or read. The folders above a file may be links.
/// </remarks>
public static partial class DataFile
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;
    private const UnixFileMode AllRights = PrivateFolder | Others;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Opens a regular file that exists, without the lock that .NET's own opening takes on it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isWritable">Whether it is written too.</param>
    /// <returns>The open file, for <see cref="RandomAccess"/>.</returns>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It mustn't be opened.</exception>
    /// <exception cref="StorageRefusedException">What is there is no regular file.</exception>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static SafeFileHandle Open(string path, bool isWritable)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (OperatingSystem.IsWindows())
        {
            RequireRegular(path);
            return File.OpenHandle(
                path,
                FileMode.Open,
                isWritable ? FileAccess.ReadWrite : FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete);
        }

        var file = OpenAnything(path, isWritable);
        try
        {
            return KindOf(file, path) is { } kind ? throw Refused(path, kind) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a file that is about to be opened by somebody else's code.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="StorageRefusedException">What is there is no regular file.</exception>
    public static bool RequireRegular(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (exists, kind) = KindOf(path);
        return kind is null ? exists : throw Refused(path, kind);
    }

    /// <summary>Makes an empty file, unless something has its name already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">Who may use it.</param>
    /// <returns>Whether it was made.</returns>
    /// <exception cref="UnauthorizedAccessException">It mustn't be made.</exception>
    /// <exception cref="IOException">It can't be made.</exception>
    public static bool TryCreate(string path, DataAccess access)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (access == DataAccess.Owner && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = PrivateFile;
        }

        try
        {
            using var file = new FileStream(path, options);
            if (access == DataAccess.Owner && !OperatingSystem.IsWindows())
            {
                CompleteMode(path, PrivateFile);
            }

            return true;
        }
        catch (IOException) when (KindOf(path).Exists)
        {
            return false;
        }
    }

    /// <summary>Makes a folder, with those above it that are missing; one that is there already stays as it is.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="access">Who may use it.</param>
    /// <exception cref="UnauthorizedAccessException">It mustn't be made.</exception>
    /// <exception cref="IOException">It can't be made, or a file has its name.</exception>
    public static void CreateFolder(string path, DataAccess access)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (access != DataAccess.Owner || OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, PrivateFolder);
            CompleteMode(path, PrivateFolder);
        }
    }

    /// <summary>Whether other users are kept out of a folder, and so of everything in it. Windows' own rules are not looked at.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <returns>Whether they are.</returns>
    public static bool IsPrivate(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(folder) & Others) == 0;
    }

    /// <summary>Keeps other users from a file or folder; nothing happens to what is neither, or on Windows.</summary>
    /// <param name="path">The file or folder. A link is not followed.</param>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    public static void MakePrivate(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!OperatingSystem.IsWindows() && KindOf(path) is (true, null or Folder))
        {
            MakePrivateOnUnix(path);
        }
    }

    /// <summary>Keeps other users from a folder, or from the one that a link in its place leads to.</summary>
    /// <param name="path">The folder or the link.</param>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    public static void MakeFolderPrivate(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!OperatingSystem.IsWindows() && Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName is { } target)
        {
            // Root could close any folder, and a link may lead to a folder of the system.
            path = IsOwn(target) ? target : throw new UnauthorizedAccessException($"{target} belongs to somebody else.");
        }

        MakePrivate(path);
    }

    /// <summary>Gives the owner of what was just made the rights that the umask may have taken.</summary>
    [UnsupportedOSPlatform("windows")]
    private static void CompleteMode(string path, UnixFileMode mode)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & mode) != mode)
            {
                File.SetUnixFileMode(path, mode);
            }
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            // A file system without modes of its own, whose mount says who may use it.
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void MakePrivateOnUnix(string path)
    {
        using var file = OpenAnything(path, isWritable: false);
        var kind = KindOf(file, path);
        if (kind is null or Folder)
        {
            // The set-group bit of a folder says whose group its files get, and lets nobody in.
            var kept = File.GetUnixFileMode(file) & ~AllRights;
            File.SetUnixFileMode(file, kept | (kind is null ? PrivateFile : PrivateFolder));
        }
    }

    private static StorageRefusedException Refused(string path, string kind) => new(
        $"{path} is {kind} where a file was expected: move it elsewhere, and restore the file from a backup if there was one.");
}
