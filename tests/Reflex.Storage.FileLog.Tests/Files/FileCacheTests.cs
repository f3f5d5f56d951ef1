using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Files;

public sealed class FileCacheTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly FileCache _cache = new(maxOpen: 4);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Rent_MoreFilesThanTheLimit_ClosesThoseNotUsedForLongest()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        var files = Files(10);
        foreach (var file in files)
        {
            file.Rent().Dispose();
        }

        Assert.Equal(["6", "7", "8", "9"], OpenNames());
        files[6].Rent().Dispose();
        files[0].Rent().Dispose();
        Assert.Equal(["0", "6", "8", "9"], OpenNames());
    }

    [Fact]
    public void Rent_FilesInUse_StayOpenBeyondTheLimit()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        var files = Files(8);
        var leases = files.Take(6).Select(file => file.Rent()).ToArray();
        Assert.Equal(6, OpenNames().Length);
        foreach (var lease in leases)
        {
            lease.File.Write([1], 0);
            lease.Dispose();
        }

        files[6].Rent().Dispose();
        Assert.Equal(4, OpenNames().Length);
    }

    [Fact]
    public void Dispose_WhileInUse_ClosesWithTheLastLease()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        var file = Files(1)[0];
        var lease = file.Rent();
        file.Dispose();
        lease.File.Write([1], 0);
        Assert.Equal(["0"], OpenNames());
        lease.Dispose();
        Assert.Empty(OpenNames());
        Assert.Throws<ObjectDisposedException>(() => file.Rent());
    }

    private CachedFile[] Files(int count) =>
    [
        .. Enumerable.Range(0, count).Select(
            i => new CachedFile(_cache, new DiskFileLayer(), Path.Combine(_temp.Path, $"{i}"), FileOpening.Create)),
    ];

    private string[] OpenNames() =>
    [
        .. Directory.GetFiles("/proc/self/fd")
            .Select(Target)
            .Where(target => target?.StartsWith(_temp.Path, StringComparison.Ordinal) == true)
            .Select(target => Path.GetFileName(target)!)
            .Order(StringComparer.Ordinal),
    ];

    private static string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            // Another test has closed it since it was listed.
            return null;
        }
    }
}
