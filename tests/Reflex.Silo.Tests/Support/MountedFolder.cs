using System.Diagnostics;

namespace Reflex.Silo.Tests.Support;

/// <summary>
/// Files as Kubernetes lays those of a secret: each is a link through <c>..data</c>, itself a link, which one rename changes for all.
/// </summary>
internal sealed class MountedFolder : IDisposable
{
    private const string Data = "..data";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reflex-mounted-");
    private int _versions;

    private MountedFolder()
    {
    }

    public string Path => _folder.FullName;

    public static MountedFolder Of(string source)
    {
        var mounted = new MountedFolder();
        mounted.Replace(source);
        foreach (var file in new DirectoryInfo(source).EnumerateFiles())
        {
            File.CreateSymbolicLink(System.IO.Path.Combine(mounted.Path, file.Name), System.IO.Path.Combine(Data, file.Name));
        }

        return mounted;
    }

    /// <summary>Has all files at once as they are in the source.</summary>
    public void Replace(string source)
    {
        var version = $"..version-{_versions++}";
        var folder = _folder.CreateSubdirectory(version);
        foreach (var file in new DirectoryInfo(source).EnumerateFiles())
        {
            file.CopyTo(System.IO.Path.Combine(folder.FullName, file.Name));
        }

        var next = System.IO.Path.Combine(Path, "..data_tmp");
        File.CreateSymbolicLink(next, version);

        // What moves files here follows links to folders.
        using var move = Process.Start("mv", ["--force", "--no-target-directory", next, System.IO.Path.Combine(Path, Data)]);
        move.WaitForExit();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
