using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Processes;

/// <summary>A real process that may have few files open.</summary>
public sealed class OpenFilesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task ManyPartitions_InAProcessThatMayHaveFewFilesOpen_AreAllServed()
    {
        Assert.SkipUnless(Tool.Run("prlimit", "--nofile=400:400", "true"), "needs prlimit");
        using var child = ChildProcess.Start("crowd", _temp.Data, "prlimit", "--nofile=400:400");
        Assert.Equal(["600 events of 200 partitions"], await child.ReadToEndAsync());
    }
}
