using System.Globalization;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Processes;

/// <summary>A real process on a real disk, whose system calls fail.</summary>
public sealed class StraceTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    // A flush of a new owner or an opening's repair, of an append, and of a header; a write of each; the flush of a folder. Calls
    // are counted in each thread: those of the pool, for appends, and the log's own may each meet the number.
    [Theory]
    [InlineData("fdatasync:error=EIO:when=2", "LogFailedException")]
    [InlineData("fdatasync:error=EIO:when=37", "LogFailedException")]
    [InlineData("fsync:error=EIO:when=6", "LogFailedException")]
    [InlineData("pwrite64:error=ENOSPC:when=33", "LogFullException")]
    [InlineData("pwrite64:error=EIO:when=50", "LogFailedException")]
    [InlineData("pwritev:error=ENOSPC:when=1", null)]
    public async Task SystemCallFails_NothingIsAcknowledgedAfterItAndReopeningServesAgain(string injected, string? failure)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Tool.Run("strace", "-f", "-o", "/dev/null", "true"), "needs strace, allowed to trace");
        string[] strace = ["strace", "-f", "-o", "/dev/null", "-e", $"trace={injected.Split(':')[0]}", "-e", $"inject={injected}"];
        using var child = ChildProcess.Start(failure is null ? "survive" : "survive-a-failure", _temp.Data, strace);
        var lines = await child.ReadToEndAsync();
        var failed = lines.Where(line => line.Contains("Exception: ", StringComparison.Ordinal)).ToArray();
        output.WriteLine($"{injected}: {lines.Length} lines, {string.Join(" | ", failed)}");
        Assert.Equal($"failures: {failed.Length}", lines[^1]);
        Assert.Equal(failure is null, failed.Length == 0);
        Assert.All(failed, line => Assert.Contains(failure!, line, StringComparison.Ordinal));

        var heads = lines.Where(line => char.IsAsciiDigit(line[0])).Select(line => long.Parse(line, CultureInfo.InvariantCulture));
        var acknowledged = heads.ToArray();
        Assert.Equal(acknowledged.Order(), acknowledged);
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data, options => options.SegmentSizeBytes = 64 * 1024);
        await using var log = await fixture.OpenAsync();
        var batches = await LogAssert.ReadAllAsync(log, 64 * 1024);

        // It was closed in order, so that nothing but an append that failed may be there unacknowledged.
        Assert.Equal(acknowledged[^1], log.Bounds.Head.Value);
        var ends = batches.Where(batch => !batch.MoreFollows).Select(batch => batch.LastId.Value).ToArray();
        Assert.Empty(acknowledged.Except(ends));
        Assert.InRange(ends.Length - acknowledged.Length, 0, failed.Length);
    }
}
