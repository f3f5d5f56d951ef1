using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Processes;

public sealed class FullDiskTests(ITestOutputHelper output)
{
    /// <summary>A real file system that is full: the log says so, loses nothing, and serves again when there is room.</summary>
    [Theory]
    [InlineData(Durability.Flushed)]
    [InlineData(Durability.Buffered)]
    public async Task AppendUntilFull_ThenFreeRoom_KeepsEverythingAcknowledgedAndServesAgain(Durability durability)
    {
        using var disk = SmallDisk.Mount(kib: 2048);
        await using var fixture = new LogFixture(new DiskFileLayer(), Path.Combine(disk.Path, "data"), options =>
        {
            options.SegmentSizeBytes = 64 * 1024;
            options.Durability = durability;
        });
        var kept = new List<EventBatch>();
        var log = await fixture.OpenAsync();
        kept.AddRange(TestBatch.Append(log));
        await log.AppendAsync(kept);
        disk.Fill(leftKib: 300);
        var failures = 0;
        for (var opening = 0; opening < 3; opening++)
        {
            failures += await AppendUntilFullAsync(log, kept);
            await LogAssert.HoldsAsync(log, kept);
            await log.DisposeAsync();

            // Opening needs no room, and what it finds is what was acknowledged, or that and the append that failed.
            log = await fixture.OpenAsync();
            await AdoptAsync(log, kept);
        }

        disk.FreeRoom();
        for (var i = 0; i < 50; i++)
        {
            var more = TestBatch.Append(log, metadataSize: 2000);
            await log.AppendAsync(more);
            kept.AddRange(more);
        }

        await log.DisposeAsync();
        await using var reopened = await fixture.OpenAsync();
        await LogAssert.HoldsAsync(reopened, kept);
        await reopened.DisposeAsync();
        fixture.Provider.Dispose();
        output.WriteLine($"{kept.Count} batches kept; the disk was full {failures} times");
        Assert.Equal(3, failures);
    }

    private static async Task<int> AppendUntilFullAsync(IEventLog log, List<EventBatch> kept)
    {
        while (true)
        {
            var batches = TestBatch.Append(log, batches: 3, metadataSize: 1500);
            try
            {
                await log.AppendAsync(batches);
                kept.AddRange(batches);
            }
            catch (LogFullException error)
            {
                Assert.Contains("there is no room left in", error.Message, StringComparison.Ordinal);
                await Assert.ThrowsAsync<LogFailedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
                return 1;
            }
        }
    }

    private static async Task AdoptAsync(IEventLog log, List<EventBatch> kept)
    {
        var found = await LogAssert.ReadAllAsync(log);
        Assert.InRange(found.Count - kept.Count, 0, 3);
        LogAssert.AreSame(kept, found[..kept.Count]);
        Assert.False(found[^1].MoreFollows);
        kept.AddRange(found[kept.Count..]);
    }
}
