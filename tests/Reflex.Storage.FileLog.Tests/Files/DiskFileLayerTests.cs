using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Files;

public sealed partial class DiskFileLayerTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly DiskFileLayer _disk = new();

    private string Name => Path.Combine(_temp.Path, "file");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Open_EachWay_DoesWhatItSays()
    {
        Assert.Throws<FileNotFoundException>(() => _disk.Open(Name, FileOpening.Read));
        Assert.Throws<FileNotFoundException>(() => _disk.Open(Name, FileOpening.Write));
        using (var made = _disk.Open(Name, FileOpening.Create))
        {
            made.Write([1, 2, 3], 0);
            made.Flush();
        }

        using (var read = _disk.Open(Name, FileOpening.Read))
        {
            Assert.Equal(3, read.Length);
            Assert.ThrowsAny<Exception>(() => read.Write([9], 0));
        }

        using (var kept = _disk.Open(Name, FileOpening.Create))
        {
            Assert.Equal(3, kept.Length);
        }

        using var replaced = _disk.Open(Name, FileOpening.Replace);
        Assert.Equal(0, replaced.Length);
    }

    [Fact]
    public void File_WritesReadsAndCutsAtPositions()
    {
        using var file = _disk.Open(Name, FileOpening.Create);
        file.Write([new byte[] { 1, 2 }, new byte[] { 3 }, new byte[] { 4, 5 }], 10);
        var bytes = new byte[8];
        Assert.Equal(5, file.Read(bytes, 10));
        Assert.Equal([1, 2, 3, 4, 5, 0, 0, 0], bytes);
        file.SetLength(12);
        Assert.Equal(2, file.Read(bytes, 10));
        Assert.Equal(0, file.Read(bytes, 12));
        Assert.Equal(12, file.Length);
    }

    [Fact]
    public void TryRead_WhatWasJustWritten_IsReadFromMemory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems can't tell what they have in memory");
        using var file = _disk.Open(Name, FileOpening.Create);
        file.Write([1, 2, 3, 4, 5], 0);
        var bytes = new byte[4];
        Assert.True(file.TryRead(bytes, 1, out var read));
        Assert.Equal(4, read);
        Assert.Equal([2, 3, 4, 5], bytes);
        Assert.True(file.TryRead(bytes, 3, out read));
        Assert.Equal(2, read);
        Assert.Equal([4, 5, 4, 5], bytes);
        Assert.True(file.TryRead(bytes, 5, out read));
        Assert.Equal(0, read);
    }

    [Fact]
    public async Task Lock_OfASecondOpening_WaitsForTheFirst()
    {
        using var first = _disk.Open(Name, FileOpening.Create);
        using var second = _disk.Open(Name, FileOpening.Write);
        first.Lock();
        Assert.False(second.TryLock());
        var waiting = Task.Run(second.Lock, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        first.Unlock();
        await waiting;
        Assert.False(first.TryLock());
        second.Dispose();
        Assert.True(first.TryLock());
    }

    [Fact]
    public void Folders_AreMadeListedAndFlushed()
    {
        var folder = Path.Combine(_temp.Path, "folder");
        Assert.Null(_disk.List(folder));
        Assert.Throws<DirectoryNotFoundException>(() => _disk.CreateFolder(Path.Combine(folder, "inner")));
        _disk.CreateFolder(folder);
        _disk.CreateFolder(folder);
        _disk.CreateFolder(Path.Combine(folder, "inner"));
        using (var file = _disk.Open(Path.Combine(folder, ".a"), FileOpening.Create))
        {
            file.Write(new byte[7], 0);
        }

        _disk.Open(Path.Combine(folder, "b"), FileOpening.Create).Dispose();
        _disk.Rename(Path.Combine(folder, ".a"), Path.Combine(folder, "b"));
        _disk.Delete(Path.Combine(folder, "nothing"));
        _disk.FlushFolder(folder);
        Assert.Equal(
            [new FileEntry("b", 7, false), new FileEntry("inner", 0, true)],
            _disk.List(folder)!.OrderBy(entry => entry.Name, StringComparer.Ordinal));
        _disk.Delete(Path.Combine(folder, "b"));
        Assert.Single(_disk.List(folder)!);
    }

    [Fact]
    public void Write_DeviceFull_IsToldFromOtherFailures()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        using var file = new DiskFile(File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write), "/dev/full");
        Assert.True(DiskErrors.IsFull(Assert.Throws<IOException>(() => file.Write([1], 0))));
        Assert.True(DiskErrors.IsFull(Assert.Throws<IOException>(() => file.Write([new byte[] { 1 }, new byte[] { 2 }], 0))));
        Assert.False(DiskErrors.IsFull(new IOException("Simulated EIO", 5)));
    }

    [Fact]
    public void Dispose_OfALockedFile_FreesItThoughAProcessThatIsBeingStartedHasACopy()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var held = _disk.Open(Name, FileOpening.Create);
        Assert.True(held.TryLock());
        using (new SafeFileHandle(Duplicate(DescriptorOf(Name)), ownsHandle: true))
        {
            held.Dispose();
            using var next = _disk.Open(Name, FileOpening.Write);
            Assert.True(next.TryLock());
        }
    }

    /// <summary>What a process is given when it is forked, and keeps until it runs its own program.</summary>
    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    /// <remarks>Others are closed meanwhile, and are no link any more.</remarks>
    private static int DescriptorOf(string path) => Directory.EnumerateFiles("/proc/self/fd")
        .Where(descriptor => new FileInfo(descriptor).LinkTarget == path)
        .Select(descriptor => int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture))
        .Single();
}
