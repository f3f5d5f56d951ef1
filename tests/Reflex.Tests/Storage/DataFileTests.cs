using System.Runtime.Versioning;
using System.Text;
using Reflex.Storage;

namespace Reflex.Tests.Storage;

public sealed class DataFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_ARegularFile_ReadsAndWritesIt()
    {
        var path = Path.Combine(_folder, "file");
        Assert.Throws<FileNotFoundException>(() => DataFile.Open(path, isWritable: false));
        Assert.False(DataFile.RequireRegular(path));
        Assert.True(DataFile.TryCreate(path, DataAccess.Owner));
        Assert.False(DataFile.TryCreate(path, DataAccess.Owner));
        Assert.True(DataFile.RequireRegular(path));
        using (var file = DataFile.Open(path, isWritable: true))
        {
            RandomAccess.Write(file, "text"u8, 0);
        }

        using var read = DataFile.Open(path, isWritable: false);
        var bytes = new byte[4];
        Assert.Equal(4, RandomAccess.Read(read, bytes, 0));
        Assert.Equal("text", Encoding.ASCII.GetString(bytes));
        Assert.ThrowsAny<Exception>(() => RandomAccess.Write(read, bytes, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_AnythingElse_IsRefusedAndNamed(bool isWritable)
    {
        var target = Path.Combine(_folder, "target");
        var link = Path.Combine(_folder, "link");
        File.WriteAllText(target, "text");
        File.CreateSymbolicLink(link, target);
        foreach (var (path, kind) in new[] { (link, "a symbolic link"), (_folder, "a folder") })
        {
            var error = Assert.Throws<StorageRefusedException>(() => DataFile.Open(path, isWritable));
            Assert.StartsWith($"{path} is {kind} where a file was expected:", error.Message, StringComparison.Ordinal);
            Assert.Throws<StorageRefusedException>(() => DataFile.RequireRegular(path));
            Assert.False(DataFile.TryCreate(path, DataAccess.Owner));
        }
    }

    [Fact]
    public void TryCreate_WhereALinkLeadsNowhere_MakesNothing()
    {
        var target = Path.Combine(_folder, "target");
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, target);
        Assert.False(DataFile.TryCreate(link, DataAccess.Owner));
        Assert.False(File.Exists(target));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void MakePrivate_OfAFileAFolderAndALink_ClosesWhatItIsAndFollowsNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix");
        var file = Path.Combine(_folder, "file");
        var link = Path.Combine(_folder, "link");
        var folder = Path.Combine(_folder, "folder");
        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, Open);
        File.CreateSymbolicLink(link, file);
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, Open | UnixFileMode.SetGroup);

        DataFile.MakePrivate(link);
        Assert.Equal(Open, File.GetUnixFileMode(file));
        Assert.False(DataFile.IsPrivate(folder));
        DataFile.MakePrivate(file);
        DataFile.MakePrivate(folder);
        DataFile.MakePrivate(Path.Combine(_folder, "missing"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(
            UnixFileMode.SetGroup | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(folder));
        Assert.True(DataFile.IsPrivate(folder));
    }
}
