using System.Runtime.Versioning;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Tests.Verifying;

namespace Reflex.Storage.FileLog.Tests;

/// <summary>Who may use a data folder.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AccessTests : VerifyingTests
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;

    public AccessTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix");

    [Theory]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("277")]
    public async Task Start_WithAnyUmask_MakesEverythingForItsOwnerOnly(string umask)
    {
        using var child = ChildProcess.Start("append", Data, "sh", "-c", $"umask {umask}; exec \"$@\"", "sh");
        for (var i = 0; i < 200; i++)
        {
            Assert.NotNull(await child.Output.ReadLineAsync(Token));
        }

        await child.KillAsync();
        Assert.True(Segments.Length > 1 && Indexes.Length > 0);
        AssertPrivate();
    }

    [Fact]
    public async Task Start_OfAFolderThatWasMadeOpen_ClosesItAndALaterStartLooksNoFurther()
    {
        await WriteAsync(12);
        await File.WriteAllTextAsync(Path.Combine(Data, "reflex.db"), "", Token);
        await File.WriteAllTextAsync(Path.Combine(Data, "reflex.db-wal"), "", Token);
        var theirs = Path.Combine(PartitionPath, "notes.txt");
        await File.WriteAllTextAsync(theirs, "", Token);
        OpenAll();

        await WriteAsync(0);
        Assert.NotEqual(PrivateFile, File.GetUnixFileMode(theirs));
        File.Delete(theirs);
        AssertPrivate();

        File.SetUnixFileMode(Segments[0], PrivateFile | UnixFileMode.OtherRead);
        await WriteAsync(0);
        Assert.NotEqual(PrivateFile, File.GetUnixFileMode(Segments[0]));
    }

    [Fact]
    public async Task Start_AfterAChangeThatWasInterruptedAnywhere_GoesOn()
    {
        await WriteAsync(12);
        var made = 0;
        for (var left = 0; left < 1000; left++)
        {
            OpenAll();
            await using (var fixture = new LogFixture(new FailingLayer(left), Data))
            {
                made = left;
                if (await Record.ExceptionAsync(() => fixture.Provider.StartAsync(Token).AsTask()) is null)
                {
                    break;
                }
            }

            Assert.False(new DiskFileLayer().IsPrivate(Data));
            await WriteAsync(0);
            AssertPrivate();
        }

        Assert.InRange(made, 10, 999);
    }

    [Fact]
    public async Task Start_WhereOthersOwnSomething_WarnsAndGoesOn()
    {
        await WriteAsync(2);
        OpenAll();
        await using var fixture = new LogFixture(new FailingLayer(int.MaxValue, foreign: Data), Data);
        await using var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log, metadataSize: 5000));
        Assert.Equal(
            $"Other users may be able to use {Data} and 0 more files and folders of the data folder, which this process can't change; " +
            "what is made from now on is closed to them",
            Assert.Single(fixture.Warnings));
        File.SetUnixFileMode(Data, PrivateFolder);
        AssertPrivate();
    }

    /// <summary>A volume: its root belongs to root, and the process may write there by its group.</summary>
    [Fact]
    public async Task Start_InAFolderOfRootsThatItsGroupMayWrite_MakesWhatIsInsideClosed()
    {
        string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        Assert.SkipUnless(Tool.IsRoot && Tool.Run(nobody[0], [.. nobody[1..], "true"]), "needs root and setpriv");
        Assert.SkipUnless(
            Tool.Run(nobody[0], [.. nobody[1..], "test", "-r", typeof(AccessTests).Assembly.Location]),
            "needs a build that other users may read");
        Directory.CreateDirectory(Data);
        Assert.True(Tool.Run("chown", "65534:65534", Path.GetDirectoryName(Data)!));
        Assert.True(Tool.Run("chown", "root:65534", Data) && Tool.Run("chmod", "2770", Data));

        using var child = ChildProcess.Start("open", Data, [.. nobody, "sh", "-c", "umask 002; exec \"$@\"", "sh"]);

        Assert.Empty(await child.ReadToEndAsync());
        Assert.NotEqual(PrivateFolder, File.GetUnixFileMode(Data));
        Assert.True(File.Exists(OwnerPath));
        AssertPrivate(except: Data);
    }

    [Fact]
    public async Task Start_WithUmaskChosen_LeavesModesToIt()
    {
        await WriteAsync(2);
        OpenAll();
        await using var fixture = new LogFixture(new DiskFileLayer(DataAccess.Umask), Data);
        await using var log = await fixture.OpenAsync(new("other", 0));
        Assert.False(new DiskFileLayer().IsPrivate(Data));

        // What a process makes that says nothing about modes.
        var plain = Path.Combine(Data, ".plain");
        await File.WriteAllTextAsync(plain, "", Token);
        Assert.Equal(File.GetUnixFileMode(plain), File.GetUnixFileMode(Path.Combine(Data, "streams", "other", "0", "owner")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("streams")]
    [InlineData("streams/orders")]
    [InlineData("streams/orders/3")]
    public async Task Start_WithALinkToAFolder_ClosesWhereItLeadsOrWarnsOfSomebodyElses(string place)
    {
        await WriteAsync(2);
        var link = Path.TrimEndingDirectorySeparator(Path.Combine(Data, place));
        var target = Path.Combine(Directory.CreateTempSubdirectory("reflex-").FullName, "elsewhere");
        OpenAll();
        Directory.Move(link, target);
        Directory.CreateSymbolicLink(link, target);
        Assert.NotEqual(PrivateFolder, File.GetUnixFileMode(target));

        if (Tool.IsRoot)
        {
            var open = File.GetUnixFileMode(target);
            Assert.True(Tool.Run("chown", "65534:65534", target));
            await using var warned = new LogFixture(new DiskFileLayer(), Data);
            await warned.Provider.StartAsync(Token);
            Assert.Contains($"Other users may be able to use {link} ", Assert.Single(warned.Warnings), StringComparison.Ordinal);
            Assert.Equal(open, File.GetUnixFileMode(target));
            Assert.True(Tool.Run("chown", "root:root", target));
        }

        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        await fixture.Provider.StartAsync(Token);
        Assert.Empty(fixture.Warnings);
        Assert.Equal(PrivateFolder, File.GetUnixFileMode(target));
    }

    private void OpenAll()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(Data, "*", SearchOption.AllDirectories).Prepend(Data))
        {
            var everybody = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            File.SetUnixFileMode(
                path, everybody | (Directory.Exists(path) ? PrivateFolder | UnixFileMode.OtherExecute : PrivateFile));
        }
    }

    private void AssertPrivate(string? except = null) => Assert.All(
        Directory.EnumerateFileSystemEntries(Data, "*", SearchOption.AllDirectories).Prepend(Data).Where(path => path != except),
        path => Assert.Equal(
            Directory.Exists(path) ? PrivateFolder : PrivateFile,
            File.GetUnixFileMode(path) & ~(UnixFileMode.SetGroup | UnixFileMode.SetUser)));

    /// <summary>The disk, where the process ends after so many changes of modes, or may not change one of them.</summary>
    private sealed class FailingLayer(int changes, string? foreign = null) : IFileLayer
    {
        private readonly DiskFileLayer _disk = new();

        public IFile Open(string path, FileOpening opening) => _disk.Open(path, opening);

        public IReadOnlyList<FileEntry>? List(string folder) => _disk.List(folder);

        public void CreateFolder(string path) => _disk.CreateFolder(path);

        public bool IsPrivate(string folder) => _disk.IsPrivate(folder);

        public void MakePrivate(string path)
        {
            if (path == foreign)
            {
                throw new UnauthorizedAccessException();
            }

            if (changes-- == 0)
            {
                throw new InvalidOperationException("The process has ended.");
            }

            _disk.MakePrivate(path);
        }

        public void FlushFolder(string path) => _disk.FlushFolder(path);

        public void Rename(string from, string to) => _disk.Rename(from, to);

        public void Delete(string path) => _disk.Delete(path);
    }
}
