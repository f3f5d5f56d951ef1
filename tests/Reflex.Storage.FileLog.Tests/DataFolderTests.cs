using System.Text;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests;

public sealed class DataFolderTests : IDisposable
{
    private static readonly DiskFileLayer Disk = new();
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Take_NewFolder_WritesItsFormatAndItsHolder()
    {
        using var folder = DataFolder.Take(Disk, _temp.Data);
        Assert.Equal("reflex data, format 1\n", File.ReadAllText(Path.Combine(_temp.Data, "format")));

        // Not by the runtime's own opening, which respects the lock.
        using var held = Disk.Open(Path.Combine(_temp.Data, "lock"), FileOpening.Read);
        var bytes = new byte[20];
        Assert.Equal($"{Environment.ProcessId}\n", Encoding.ASCII.GetString(bytes, 0, held.Read(bytes, 0)));
        Assert.Equal(["format", "lock", "streams"], Names());
    }

    [Fact]
    public void Take_Again_AfterItWasGivenBack_Works()
    {
        DataFolder.Take(Disk, _temp.Data).Dispose();
        DataFolder.Take(Disk, _temp.Data).Dispose();
    }

    [Fact]
    public void Take_WhileHeldInThisProcess_NamesFolderAndProcess()
    {
        using var folder = DataFolder.Take(Disk, _temp.Data);
        var error = Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data));
        Assert.Equal(
            $"The data folder {_temp.Data} is in use by process {Environment.ProcessId}: stop that one first, or name another folder.",
            error.Message);
    }

    [Fact]
    public async Task Take_WhileHeldByAnotherProcess_NamesItAndWorksWhenItIsKilled()
    {
        using var child = ChildProcess.Start("hold", _temp.Data);
        Assert.Equal("held", await child.Output.ReadLineAsync(TestContext.Current.CancellationToken));
        var error = Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data));
        Assert.Contains($"in use by process {child.Id}:", error.Message, StringComparison.Ordinal);
        await child.KillAsync();
        DataFolder.Take(Disk, _temp.Data).Dispose();
    }

    [Fact]
    public void Take_NewerFormat_IsRefusedUntouched()
    {
        Directory.CreateDirectory(_temp.Data);
        File.WriteAllText(Path.Combine(_temp.Data, "format"), "reflex data, format 2\n");
        var error = Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data));
        Assert.Equal($"The data folder {_temp.Data} has format 2 and this program knows up to 1: use the newer program.", error.Message);
        Assert.Equal(["format"], Names());
    }

    [Fact]
    public void Take_DamagedFormat_IsRefused()
    {
        Directory.CreateDirectory(_temp.Data);
        File.WriteAllText(Path.Combine(_temp.Data, "format"), "??");
        Assert.Contains(
            "has a damaged format file: expected 'reflex data, format 1', found '??'",
            Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Take_ForeignFile_IsRefusedUntouchedAndNamed()
    {
        Directory.CreateDirectory(_temp.Data);
        File.WriteAllText(Path.Combine(_temp.Data, "photo.jpg"), "");
        var error = Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data));
        Assert.Equal(
            $"The data folder {_temp.Data} holds photo.jpg, which is not Reflex's: name a folder of its own, or move that elsewhere.",
            error.Message);
        Assert.Equal(["photo.jpg"], Names());
    }

    [Theory]
    [InlineData(".DS_Store")]
    [InlineData("lost+found")]
    [InlineData("desktop.ini")]
    public void Take_NewFolderWithASystemsFile_IsFine(string name)
    {
        Directory.CreateDirectory(_temp.Data);
        File.WriteAllText(Path.Combine(_temp.Data, name), "");
        using var folder = DataFolder.Take(Disk, _temp.Data);
        Assert.Equal([name], folder.Foreign);
    }

    [Theory]
    [InlineData("reflex.db")]
    [InlineData("reflex.db-wal")]
    [InlineData("reflex.db-shm")]
    [InlineData("format.tmp")]
    public void Take_KnownFile_IsFine(string name)
    {
        Directory.CreateDirectory(_temp.Data);
        File.WriteAllText(Path.Combine(_temp.Data, name), "");
        DataFolder.Take(Disk, _temp.Data).Dispose();
    }

    [Fact]
    public void Take_FormatAndLockThatHoldOtherText_IsRefusedWithoutRepeatingWhatATerminalObeys()
    {
        Directory.CreateDirectory(_temp.Data);
        var format = Path.Combine(_temp.Data, "format");
        File.WriteAllText(format, "root:x:0:0\u001b[2J\r\n" + new string('y', 5000));
        var error = Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data));
        Assert.Contains("found 'root:x:0:0?[2J??yyy", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 300);

        File.Delete(format);
        using var folder = DataFolder.Take(Disk, _temp.Data);
        using var held = Disk.Open(Path.Combine(_temp.Data, "lock"), FileOpening.Write);
        held.Write("\u001b[2J forged\n"u8, 0);
        error = Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data));
        Assert.Contains("in use by another process:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_StreamsWithoutAFormat_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_temp.Data, "streams", "orders"));
        Assert.Contains(
            "holds streams but no format file",
            Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Take_FileInTheFoldersPlace_IsRefused()
    {
        File.WriteAllText(_temp.Data, "");
        Refused();
    }

    [Fact]
    public void Take_NoParent_IsRefused()
    {
        var error = Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, Path.Combine(_temp.Path, "no", "data")));
        Assert.Contains("there is no folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_NotWritable_IsRefused()
    {
        // Root may write anywhere but where the kernel itself says no.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        Assert.Contains(
            "The data folder /proc/self/data can't be used:",
            Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, "/proc/self/data")).Message,
            StringComparison.Ordinal);
    }

    private void Refused() => Assert.Contains(
        $"The data folder {_temp.Data} can't be used:",
        Assert.Throws<StorageRefusedException>(() => DataFolder.Take(Disk, _temp.Data)).Message,
        StringComparison.Ordinal);

    private string[] Names() =>
        [.. Directory.GetFileSystemEntries(_temp.Data).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
