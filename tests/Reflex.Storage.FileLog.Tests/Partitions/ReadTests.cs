using Reflex.Events;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class ReadTests
{
    private const int SegmentHeaderSize = 64;

    private readonly SimulatedDisk _disk = new();

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(2000)]
    [InlineData(1_000_000)]
    public async Task ReadAsync_AfterAnyEvent_BeginsWithItsSuccessor(int maxBytes)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        for (var i = 0; i < 80; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, events: 1 + (i % 4)));
        }

        foreach (var after in Enumerable.Range(0, (int)log.Bounds.Head.Value).Reverse())
        {
            var page = LogAssert.Split(await log.ReadAsync(new EventId(after), maxBytes, TestContext.Current.CancellationToken)).ToArray();
            Assert.InRange(after + 1, page[0].BaseId.Value, page[0].LastId.Value);
            Assert.True(page.Length == 1 || page.Sum(batch => batch.Bytes.Length) <= maxBytes);
        }
    }

    [Fact]
    public async Task ReadAsync_OutsideTheLog_SaysWhatThereIs()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(log, EventId.None, 100));
        await log.AppendAsync(TestBatch.Append(log, events: 2));
        foreach (var after in new[] { -1, 2, 3 })
        {
            var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                () => log.ReadAsync(new EventId(after), 100, TestContext.Current.CancellationToken).AsTask());
            Assert.Contains("The log of orders/3 holds events 1 to 2", error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(log, EventId.None, 0));
    }

    [Fact]
    public async Task ReadAsync_OnwardFromPages_ReadsTheFileOnceAPage()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        await using var log = await fixture.OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, metadataSize: 1000));
        }

        var reads = 0;
        _disk.Fault = (_, name) =>
        {
            reads += name == "read" ? 1 : 0;
            return null;
        };
        var after = EventId.None;
        var pages = 0;
        while (after < log.Bounds.Head)
        {
            var page = await log.ReadAsync(after, 4000, TestContext.Current.CancellationToken);
            after = LogAssert.Split(page).Last().LastId;
            pages++;
        }

        // The first page seeks.
        Assert.Equal(pages + 1, reads);
    }

    [Fact]
    public async Task ReadAsync_WithoutIndexes_MakesThemAnew()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 8192);
        var expected = new List<EventBatch>();
        await using (var log = await fixture.OpenAsync())
        {
            for (var i = 0; i < 100; i++)
            {
                var batches = TestBatch.Append(log, metadataSize: 200);
                await log.AppendAsync(batches);
                expected.AddRange(batches);
            }
        }

        var indexes = _disk.List(fixture.PartitionPath)!.Where(entry => entry.Name.EndsWith(".idx", StringComparison.Ordinal)).ToArray();
        Assert.True(indexes.Length > 3);
        for (var i = 0; i < indexes.Length; i++)
        {
            var path = Path.Combine(fixture.PartitionPath, indexes[i].Name);
            if (i % 2 == 0)
            {
                _disk.Delete(path);
            }
            else
            {
                using var file = _disk.Open(path, FileLog.Files.FileOpening.Write);
                file.Write([0xFF, 0xFF], 40);
            }
        }

        await using var reopened = await fixture.OpenAsync();
        foreach (var after in Enumerable.Range(0, (int)reopened.Bounds.Head.Value).Reverse())
        {
            var page = await reopened.ReadAsync(new EventId(after), 1, TestContext.Current.CancellationToken);
            Assert.Equal(new EventId(after + 1), LogAssert.Split(page).Single().BaseId);
        }

        await LogAssert.HoldsAsync(reopened, expected);
        var made = _disk.List(fixture.PartitionPath)!.Count(entry => entry.Name.EndsWith(".idx", StringComparison.Ordinal));
        Assert.Equal(indexes.Length, made);
    }

    [Fact]
    public async Task ReadAsync_WhenTheDiskFails_IsALogFailureAndLaterReadsWork()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var batches = TestBatch.Append(log);
        await log.AppendAsync(batches);
        _disk.Fault = (_, name) => name == "read" ? SimulatedDisk.InputOutputError : null;
        await Assert.ThrowsAsync<LogFailedException>(() => ReadAsync(log, EventId.None, 100));
        _disk.Fault = null;
        await LogAssert.HoldsAsync(log, batches);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_WhereASegmentWasCutOffBetweenTwoBatches_IsDamage(bool isCached)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var first = TestBatch.Append(log);
        await log.AppendAsync(first);
        await log.AppendAsync(TestBatch.Append(log));

        // Where the next page begins is known from now on.
        await ReadAsync(log, EventId.None, 1);
        using (var file = _disk.Open(fixture.Segment(1), FileLog.Files.FileOpening.Write))
        {
            file.SetLength(SegmentHeaderSize + first[0].Bytes.Length);
        }

        _disk.IsCached = isCached;
        var error = await Assert.ThrowsAsync<LogCorruptedException>(() => ReadAsync(log, new EventId(1), 1));
        Assert.Contains("expected a valid batch with event 2 there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_BesideAnAppendThatHangs_GoesOn()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var batches = TestBatch.Append(log);
        await log.AppendAsync(batches);
        var hold = fixture.HoldPartition(_disk);
        var append = log.AppendAsync(TestBatch.Append(log));
        await LogAssert.HoldsAsync(log, batches);
        Assert.False(append.IsCompleted);
        hold.Dispose();
        await append;
    }

    private static Task<ReadOnlyMemory<byte>> ReadAsync(IEventLog log, EventId after, int maxBytes) =>
        log.ReadAsync(after, maxBytes, TestContext.Current.CancellationToken).AsTask();
}
