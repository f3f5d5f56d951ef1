using Reflex.Events;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class PartitionFileLogTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task OpenAsync_NewPartition_IsEmptyWithEpoch1()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        Assert.Equal(1, log.Epoch);
        Assert.Equal(LogBounds.Empty, log.Bounds);
    }

    [Fact]
    public async Task AppendAsync_ManyAppends_AreReadBackByteForByteAcrossSegmentsAndReopening()
    {
        var expected = new List<EventBatch>();
        for (var opening = 1; opening <= 3; opening++)
        {
            await using var fixture = new LogFixture(_disk, "/data");
            await using var log = await fixture.OpenAsync();
            Assert.Equal(opening, log.Epoch);
            for (var i = 0; i < 60; i++)
            {
                var batches = TestBatch.Append(log, events: 1 + (i % 7), batches: 1 + (i % 3));
                await log.AppendAsync(batches);
                expected.AddRange(batches);
            }

            Assert.Equal(expected[^1].LastId, log.Bounds.Head);
            await LogAssert.HoldsAsync(log, expected);
            Assert.Empty(fixture.Warnings);
        }

        Assert.True(_disk.List("/data/streams/orders/3")!.Count(entry => entry.Name.EndsWith(".log", StringComparison.Ordinal)) > 5);
    }

    [Fact]
    public async Task AppendAsync_GroupOfMoreThanASegment_SpansSegments()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var batches = TestBatch.Append(log, events: 5, batches: 40, metadataSize: 100);
        await log.AppendAsync(batches);
        await LogAssert.HoldsAsync(log, batches);
        Assert.True(_disk.List(fixture.PartitionPath)!.Count > 8);
    }

    [Fact]
    public async Task AppendAsync_BatchLargerThanASegment_GetsOneOfItsOwn()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var expected = new List<EventBatch>();
        foreach (var size in new[] { 10, 20_000, 10, 30_000 })
        {
            var batches = TestBatch.Append(log, metadataSize: size);
            await log.AppendAsync(batches);
            expected.AddRange(batches);
        }

        await LogAssert.HoldsAsync(log, expected);
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 1, 1)]
    public async Task AppendAsync_BatchThatDoesNotContinue_IsRefusedAndNothingWritten(long baseId, long epoch, int more)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var isLast = baseId == 1 && epoch == 1;
        var batch = TestBatch.Seal(new EventId(baseId), 1, 10, epoch, EventId.None, TestBatch.Start, moreFollows: isLast && more == 1);
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync([batch]).AsTask());
        Assert.Null(_disk.ReadAll(fixture.Segment(1)));
        var good = TestBatch.Append(log);
        await log.AppendAsync(good);
        await LogAssert.HoldsAsync(log, good);
    }

    [Fact]
    public async Task AppendAsync_NoBatches_IsRefused()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync([]).AsTask());
    }

    [Fact]
    public async Task AppendAsync_WhileAnotherRuns_IsMisuse()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log));
        var batches = TestBatch.Append(log);
        var hold = fixture.HoldPartition(_disk);
        var first = log.AppendAsync(batches);
        await Assert.ThrowsAsync<InvalidOperationException>(() => log.AppendAsync(batches).AsTask());
        hold.Dispose();
        await first;
    }

    [Fact]
    public async Task AppendAsync_UntilItIsFlushed_IsNotVisible()
    {
        var reached = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var gate = new GatedLayer(_disk, reached, release);
        await using var fixture = new LogFixture(gate, "/data");
        await using var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log));
        gate.Arm();
        var append = log.AppendAsync(TestBatch.Append(log)).AsTask();
        await Task.WhenAny(reached.Task, append);
        var head = log.Bounds.Head;
        var read = Record.Exception(() => { _ = log.ReadAsync(new EventId(1), 100, TestContext.Current.CancellationToken); });
        release.SetResult();
        await append;
        Assert.True(reached.Task.IsCompleted, "The append was done without a flush.");
        Assert.Equal(new EventId(1), head);
        Assert.IsType<ArgumentOutOfRangeException>(read);
        Assert.Equal(new EventId(2), log.Bounds.Head);
    }

    [Theory]
    [InlineData(Durability.Flushed, 1)]
    [InlineData(Durability.Buffered, 0)]
    public async Task AppendAsync_FlushesAsChosen(Durability durability, int flushes)
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.Durability = durability);
        await using var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log));
        var found = 0;
        _disk.Fault = (_, name) =>
        {
            found += name == "flush" ? 1 : 0;
            return null;
        };
        await log.AppendAsync(TestBatch.Append(log));
        Assert.Equal(flushes, found);
        Assert.Equal(durability, fixture.Provider.Durability);
    }

    [Fact]
    public async Task Bounds_Bytes_IsWhatTheFilesTake()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, events: 3));
            Assert.Equal(BytesOf(fixture), log.Bounds.Bytes);
        }

        await log.DisposeAsync();
        await using var reopened = await fixture.OpenAsync();
        Assert.Equal(BytesOf(fixture), reopened.Bounds.Bytes);
    }

    [Fact]
    public async Task DisposeAsync_CutsTheZerosLaidOut()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        var log = await fixture.OpenAsync();
        var batches = TestBatch.Append(log);
        await log.AppendAsync(batches);
        Assert.True(_disk.ReadAll(fixture.Segment(1))!.Length > 10_000);
        await log.DisposeAsync();
        Assert.Equal(64 + batches[0].Bytes.Length, _disk.ReadAll(fixture.Segment(1))!.Length);
    }

    [Fact]
    public async Task DisposeAsync_Twice_IsHarmlessAndLaterCallsAreMisuse()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        await log.DisposeAsync();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
    }

    private long BytesOf(LogFixture fixture) => _disk.List(fixture.PartitionPath)!
        .Where(entry => entry.Name != "owner")
        .Sum(entry => entry.Length);
}
