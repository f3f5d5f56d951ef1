using System.Globalization;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A real file system of a few MiB in memory, which can be filled up. Linux, root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts one, or skips the test.</summary>
    public static SmallDisk Mount(int kib)
    {
        Assert.SkipUnless(Tool.IsRoot, "needs root on Linux, to mount a small file system");
        var path = Directory.CreateTempSubdirectory("reflex-small-").FullName;
        if (!Tool.Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kib}k"), "tmpfs", path))
        {
            Directory.Delete(path);
            Assert.Skip("mounting a small file system is not allowed here");
        }

        return new SmallDisk(path);
    }

    /// <summary>Takes all room but some.</summary>
    public void Fill(int leftKib)
    {
        var left = new DriveInfo(Path).AvailableFreeSpace - (leftKib * 1024L);
        using var file = File.Create(Filler);
        var chunk = new byte[4096];
        for (; left >= chunk.Length; left -= chunk.Length)
        {
            file.Write(chunk);
        }
    }

    public void FreeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        // A test that failed may have left files open: it goes when they do.
        Tool.Run("umount", "-l", Path);
        Directory.Delete(Path);
    }
}
