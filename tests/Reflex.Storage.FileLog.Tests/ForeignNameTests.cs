namespace Reflex.Storage.FileLog.Tests;

public sealed class ForeignNameTests
{
    [Theory]
    [InlineData(".nfs000001")]
    [InlineData(".nfs00000000000000000001.log")]
    [InlineData(".DS_Store")]
    [InlineData("._00000000000000000001.log")]
    [InlineData(".fuse_hidden0000000100000001")]
    [InlineData(".snapshot")]
    [InlineData(".owner.swp")]
    [InlineData("Thumbs.db")]
    [InlineData("desktop.ini")]
    [InlineData("lost+found")]
    [InlineData("#owner#")]
    [InlineData("#00000000000000000001.log#")]
    [InlineData("format~")]
    [InlineData("00000000000000000001.log~")]
    public void SystemsName_IsToldFromPeoples(string name)
    {
        Assert.True(ForeignName.IsSystems(name));
        Assert.False(ForeignName.LooksOwn(name));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("photo.jpg")]
    [InlineData("backup of monday")]
    [InlineData("Übersicht")]
    public void PeoplesName_DoesNotLookOwn(string name) => Assert.False(ForeignName.IsSystems(name) || ForeignName.LooksOwn(name));

    [Theory]
    [InlineData("00000000000000000001.log.bak")]
    [InlineData("1")]
    [InlineData("2024-backup")]
    [InlineData("copy of 00000000000000000001.log")]
    [InlineData("x.IDX")]
    [InlineData("notes.tmp")]
    [InlineData("owner.old")]
    [InlineData("Format")]
    [InlineData("lock2")]
    [InlineData("streams.old")]
    [InlineData("reflex.db.bak")]
    public void NameThatMayBeAPartOfALog_LooksOwn(string name) => Assert.True(ForeignName.LooksOwn(name));
}
