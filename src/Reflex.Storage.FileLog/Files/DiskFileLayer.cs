using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Reflex.Storage.FileLog.Files;

/// <summary>The disk of this machine.</summary>
internal sealed class DiskFileLayer : IFileLayer
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public IFile Open(string path, FileOpening opening)
    {
        if (OperatingSystem.IsWindows())
        {
            return new DiskFile(OpenByRuntime(path, opening), path);
        }

        if (opening is FileOpening.Create or FileOpening.Replace && !File.Exists(path))
        {
            Make(path);
        }

        var file = new DiskFile(Libc.Open(path, writable: opening != FileOpening.Read), path);
        if (opening == FileOpening.Replace)
        {
            file.SetLength(0);
        }

        return file;
    }

    public IReadOnlyList<FileEntry>? List(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        var entries = new FileSystemEnumerable<FileEntry>(
            folder,
            (ref FileSystemEntry entry) =>
                new FileEntry(entry.FileName.ToString(), entry.IsDirectory ? 0 : entry.Length, entry.IsDirectory),
            Everything);
        return [.. entries];
    }

    public void CreateFolder(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent && !Directory.Exists(parent))
        {
            throw new DirectoryNotFoundException($"Could not create {path}: there is no folder {parent}.");
        }

        Directory.CreateDirectory(path);
    }

    public void FlushFolder(string path)
    {
        // On Windows a folder can't be flushed; NTFS writes changes of names to its journal in order.
        if (!OperatingSystem.IsWindows())
        {
            Libc.FlushFolder(path);
        }
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    /// <summary>Makes a file by the runtime, which sets its permissions the same way everywhere; it is opened afterwards.</summary>
    private static void Make(string path)
    {
        try
        {
            OpenByRuntime(path, FileOpening.Create).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another opener has made it a moment ago and locked it already, and the runtime takes a lock while it opens.
        }
    }

    private static SafeFileHandle OpenByRuntime(string path, FileOpening opening) => File.OpenHandle(
        path,
        opening switch
        {
            FileOpening.Create => FileMode.OpenOrCreate,
            FileOpening.Replace => FileMode.Create,
            _ => FileMode.Open,
        },
        opening == FileOpening.Read ? FileAccess.Read : FileAccess.ReadWrite,
        FileShare.ReadWrite | FileShare.Delete);
}
