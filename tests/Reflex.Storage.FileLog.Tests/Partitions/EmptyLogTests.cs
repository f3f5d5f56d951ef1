using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

/// <summary>A log whose events are all past their age: an empty segment holds its head.</summary>
public sealed class EmptyLogTests
{
    private static readonly DateTimeOffset Later = TestBatch.Start.AddDays(2);
    private static readonly Retention ADay = new() { MaxAge = TimeSpan.FromDays(1) };

    private readonly SimulatedDisk _disk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task TrimAsync_EverythingIsPastItsAge_LeavesAnEmptySegmentThatHoldsTheHead(int appends)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        await AppendAsync(log, appends);
        var before = log.Bounds;
        await log.DisposeAsync();
        log = await fixture.OpenAsync();

        await log.TrimToEndAsync(ADay, Later);

        AssertEmpty(before, log.Bounds);
        Assert.Equal(fixture.Segment(appends + 1), Assert.Single(Segments(fixture)));
        Assert.Equal(64, log.Bounds.Bytes);
        await log.DisposeAsync();
        log = await fixture.OpenAsync();
        AssertEmpty(before, log.Bounds);
        await log.TrimToEndAsync(ADay, Later);
        Assert.Equal(fixture.Segment(appends + 1), Assert.Single(Segments(fixture)));
        var more = TestBatch.Append(log, at: Later);
        await log.AppendAsync(more);
        await log.DisposeAsync();
        await using var last = await fixture.OpenAsync();
        await LogAssert.HoldsAsync(last, more);
        Assert.Equal(before.HeadEpoch, (await LogAssert.ReadAllAsync(last))[0].PreviousEpoch);
        Assert.Empty(fixture.Warnings);
    }

    [Fact]
    public async Task TrimAsync_ByBytesAfterAnInterruptedTrimByAge_KeepsTheNewestEvents()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 1);
        _disk.Fault = (_, name) => name == "delete" ? SimulatedDisk.InputOutputError : null;
        await Assert.ThrowsAsync<LogFailedException>(() => log.TrimToEndAsync(ADay, Later));
        _disk.Fault = null;
        Assert.Equal(2, Segments(fixture).Length);

        await log.TrimToEndAsync(new Retention { MaxBytes = 1 }, Later);

        Assert.Equal((1, 1), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
        await log.TrimToEndAsync(ADay, Later);
        Assert.Equal((2, 1), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
    }

    [Fact]
    public async Task TrimAsync_NoRoomForAnEmptySegment_KeepsTheLogUsable()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 1);
        _disk.Fault = (_, name) => name == "write" ? SimulatedDisk.NoSpace : null;
        await Assert.ThrowsAsync<LogFailedException>(() => log.TrimToEndAsync(ADay, Later));
        _disk.Fault = null;
        Assert.Null(log.Failure);
        await AppendAsync(log, 1);
        Assert.Equal(2, (await LogAssert.ReadAllAsync(log)).Count);
        await log.TrimToEndAsync(ADay, Later);
        Assert.Equal(3, log.Bounds.Oldest.Value);
    }

    [Theory]
    [InlineData("set length")]
    [InlineData("rename")]
    [InlineData("flush folder")]
    public async Task TrimAsync_EmptySegmentMayBeThereOrNot_FailsTheLogUntilItIsOpenedAgain(string call)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        await AppendAsync(log, 1);
        _disk.Fault = (_, name) => name == call ? SimulatedDisk.InputOutputError : null;
        var error = await Assert.ThrowsAsync<LogFailedException>(() => log.TrimToEndAsync(ADay, Later));
        _disk.Fault = null;
        Assert.Same(error, log.Failure);
        await Assert.ThrowsAsync<LogFailedException>(() => AppendAsync(log, 1));
        await Assert.ThrowsAsync<LogFailedException>(() => log.TrimToEndAsync(ADay, Later));
        await log.DisposeAsync();

        await using var again = await fixture.OpenAsync();
        Assert.Single(await LogAssert.ReadAllAsync(again));
        await AppendAsync(again, 1);
        Assert.Equal(2, (await LogAssert.ReadAllAsync(again)).Count);
    }

    /// <summary>A crash came when a program of format 1 had begun it, and this program goes on.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task AppendAsync_NewestSegmentIsEmptyAndOfFormat1_TakesItsPlace(int appends)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using (var first = await fixture.OpenAsync())
        {
            await AppendAsync(first, appends);
        }

        var begun = new SegmentHeader(appends + 1, appends > 0 ? 2 : 1, appends > 0 ? 1 : 0, 1, Previous: null);
        using (var file = _disk.Open(fixture.Segment(appends + 1), FileOpening.Replace))
        {
            file.Write(begun.ToBytes(), 0);
        }

        await using (var log = await fixture.OpenAsync())
        {
            Assert.Equal(appends, log.Bounds.Head.Value);
            await AppendAsync(log, 1);
            Assert.Equal(appends + 1, (await LogAssert.ReadAllAsync(log)).Count);
            var files = _disk.List(fixture.PartitionPath)!.Where(entry => entry.Name != "owner");
            Assert.Equal(files.Sum(entry => entry.Length), log.Bounds.Bytes);
        }

        await using var again = await fixture.OpenAsync();
        Assert.Equal(appends + 1, (await LogAssert.ReadAllAsync(again)).Count);
        Assert.Equal(appends > 0 ? 2 : 1, Segments(fixture).Length);
        Assert.Empty(new PartitionVerifier(_disk, LogFixture.Partition, fixture.PartitionPath, _ => { }).Verify(Token).Findings);
    }

    private static void AssertEmpty(LogBounds before, LogBounds bounds)
    {
        Assert.Equal((before.Head.Next, before.Head), (bounds.Oldest, bounds.Head));
        Assert.Equal((before.HeadEpoch, before.HeadAppendedAt), (bounds.HeadEpoch, bounds.HeadAppendedAt));
    }

    private static async Task AppendAsync(IEventLog log, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, metadataSize: 900));
        }
    }

    private string[] Segments(LogFixture fixture) =>
    [
        .. _disk.List(fixture.PartitionPath)!.Where(entry => entry.Name.EndsWith(".log", StringComparison.Ordinal))
            .Select(entry => Path.Combine(fixture.PartitionPath, entry.Name)),
    ];
}
