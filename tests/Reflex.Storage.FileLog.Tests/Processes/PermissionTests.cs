using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Processes;

/// <summary>A child process of a user without rights, since root may do everything.</summary>
public sealed class PermissionTests : IDisposable
{
    private static readonly string[] Nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("format", "The data folder {data} can't be used: Could not open {path}: Permission denied")]
    [InlineData("lock", "The data folder {data} can't be used: Could not open {path}: Permission denied")]
    [InlineData("streams/orders/3/owner", "The log of orders/3 can't be used: Could not open {path}: Permission denied")]
    [InlineData("streams/orders/3/00000000000000000001.log", "The log of orders/3 can't be used: Could not open {path}: Permission denied")]
    [InlineData("streams/orders/3", "The log of orders/3 can't be used: Access to the path '{path}' is denied")]
    public async Task FileThatMayNotBeUsed_IsRefusedInOneSentenceThatNamesItAndNothingChanges(string name, string expected)
    {
        Assert.SkipUnless(Tool.IsRoot && Tool.Run(Nobody[0], Nobody[1..].Append("true").ToArray()), "needs root and setpriv");
        Assert.SkipUnless(
            Tool.Run(Nobody[0], [.. Nobody[1..], "test", "-r", typeof(PermissionTests).Assembly.Location]),
            "needs a build that other users may read");
        await using (var fixture = new LogFixture(new DiskFileLayer(), _temp.Data))
        {
            await using var log = await fixture.OpenAsync();
            await log.AppendAsync(TestBatch.Append(log));
        }

        Assert.True(Tool.Run("chown", "-R", "65534:65534", _temp.Path));
        var path = Path.Combine(_temp.Data, name);
        Assert.True(Tool.Run("chown", "-R", "root:root", path) && Tool.Run("chmod", "0", path));
        var before = Snapshot();
        using var child = ChildProcess.Start("open", _temp.Data, Nobody);
        var line = Assert.Single(await child.ReadToEndAsync());
        Assert.StartsWith("StorageRefusedException: ", line, StringComparison.Ordinal);
        Assert.Contains(expected.Replace("{data}", _temp.Data).Replace("{path}", path), line, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    /// <summary>All names and bytes but the lock's, which says who tried.</summary>
    private string[] Snapshot() =>
    [
        .. Directory.EnumerateFiles(_temp.Data, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != DataFolder.LockName)
            .Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Convert.ToHexString(File.ReadAllBytes(path))}"),
    ];
}
