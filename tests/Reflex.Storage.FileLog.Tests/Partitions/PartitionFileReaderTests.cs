using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class PartitionFileReaderTests
{
    private readonly SimulatedDisk _disk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenReaderAsync_LogThatAnOpeningWouldRepair_ShowsWhatItWouldFindAndChangesNoFile()
    {
        var appended = await WriteAsync(_disk);
        await using var fixture = new LogFixture(_disk, "/data");
        using (var file = _disk.Open(fixture.Segment(appended[^1].BaseId.Value), FileOpening.Write))
        {
            file.Write([1, 2, 3, 4], file.Length);
        }

        _disk.Delete(fixture.Index(1));
        await fixture.Provider.StartAsync(Token);
        var before = ReadFiles(fixture);

        await using (var reader = await fixture.Provider.OpenReaderAsync(LogFixture.Partition, Token))
        {
            var after = EventId.None;
            foreach (var batch in appended)
            {
                var page = await reader!.ReadAsync(after, 1, Token);
                Assert.True(page.Span.SequenceEqual(batch.Bytes.Span));
                after = batch.LastId;
            }

            Assert.Equal(after, reader!.Bounds.Head);
            await reader.LookAsync(Token);
        }

        Assert.Equal(before, ReadFiles(fixture));
    }

    [Fact]
    public async Task OpenReaderAsync_OwnerWasKilledBeforeItsFlush_FlushesWhatItShows()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = new SimulatedDisk();
            var last = (await WriteAsync(disk))[^1];
            var next = TestBatch.Seal(last.LastId.Next, 3, 500, last.Epoch, last.LastId, TestBatch.Start);
            await using (var fixture = new LogFixture(disk, "/data"))
            {
                using (var file = disk.Open(fixture.Segment(last.BaseId.Value), FileOpening.Write))
                {
                    file.Write(next.Bytes.Span, file.Length);
                }

                await fixture.Provider.StartAsync(Token);
                await using var reader = await fixture.Provider.OpenReaderAsync(LogFixture.Partition, Token);
                Assert.Equal(next.LastId, reader!.Bounds.Head);
            }

            await using var later = new LogFixture(disk.CutPower(new Random(seed)), "/data");
            await using var log = await later.OpenAsync();
            Assert.Equal(next.LastId, log.Bounds.Head);
        }
    }

    [Fact]
    public async Task OpenReaderAsync_DamagedLog_IsRefusedAsAnOpeningIs()
    {
        await WriteAsync(_disk);
        await using var fixture = new LogFixture(_disk, "/data");
        _disk.Delete(Path.Combine(fixture.PartitionPath, "owner"));
        await fixture.Provider.StartAsync(Token);

        var error = await Assert.ThrowsAsync<LogCorruptedException>(
            async () => await fixture.Provider.OpenReaderAsync(LogFixture.Partition, Token));

        Assert.Contains("owner is missing", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_disk.List(fixture.PartitionPath)!, entry => entry.Name == "owner");
    }

    [Fact]
    public async Task LookAsync_DiskFails_KeepsWhatItFoundAndCanBeAskedAgain()
    {
        var appended = await WriteAsync(_disk);
        await using var fixture = new LogFixture(_disk, "/data");
        await fixture.Provider.StartAsync(Token);
        await using var reader = await fixture.Provider.OpenReaderAsync(LogFixture.Partition, Token);
        _disk.Fault = (_, name) => name == "list" ? SimulatedDisk.InputOutputError : null;

        await Assert.ThrowsAsync<LogFailedException>(async () => await reader!.LookAsync(Token));

        _disk.Fault = null;
        Assert.Equal(appended[^1].LastId, reader!.Bounds.Head);
        await reader.ReadAsync(EventId.None, 1, Token);
        await reader.LookAsync(Token);
    }

    /// <summary>Several segments, the last of which begins with the last batch, closed as by an owner that ends.</summary>
    private static async Task<List<EventBatch>> WriteAsync(SimulatedDisk disk)
    {
        await using var fixture = new LogFixture(disk, "/data");
        await using var log = await fixture.OpenAsync();
        var appended = new List<EventBatch>();
        while (disk.List(fixture.PartitionPath)!.Count(entry => entry.Name.EndsWith(".log", StringComparison.Ordinal)) < 3)
        {
            var batches = TestBatch.Append(log, events: 2, metadataSize: 500);
            await log.AppendAsync(batches);
            appended.AddRange(batches);
        }

        return appended;
    }

    private Dictionary<string, string> ReadFiles(LogFixture fixture) => _disk.List(fixture.PartitionPath)!
        .ToDictionary(entry => entry.Name, entry => Convert.ToHexString(_disk.ReadAll(Path.Combine(fixture.PartitionPath, entry.Name))!));
}
