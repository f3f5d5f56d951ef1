using System.IO.Enumeration;

namespace Reflex.Storage.FileLog.Files;

/// <summary>The disk of this machine.</summary>
/// <param name="access">Who may use what is made.</param>
internal sealed class DiskFileLayer(DataAccess access = DataAccess.Owner) : IFileLayer
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public IFile Open(string path, FileOpening opening)
    {
        if (opening is FileOpening.Create or FileOpening.Replace && !File.Exists(path))
        {
            // By the runtime, which sets permissions the same way everywhere; another opener may have been faster.
            DataFile.TryCreate(path, access);
        }

        var file = new DiskFile(DataFile.Open(path, isWritable: opening != FileOpening.Read), path);
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

        DataFile.CreateFolder(path, access);
    }

    public bool IsPrivate(string folder) => access != DataAccess.Owner || DataFile.IsPrivate(folder);

    public void MakePrivate(string path)
    {
        if (Directory.Exists(path))
        {
            DataFile.MakeFolderPrivate(path);
        }
        else
        {
            DataFile.MakePrivate(path);
        }
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
}
