namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A folder on the real disk, for one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("reflex-filelog-").FullName;

    public string Data => System.IO.Path.Combine(Path, "data");

    public static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, path));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
