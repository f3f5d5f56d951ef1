using Reflex.Events;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class TrimTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task TrimAsync_ByBytes_RemovesTheOldestSegmentsAndNeverTheNewest()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 60);
        var before = log.Bounds;

        await TrimAsync(log, new Retention { MaxBytes = 20_000 }, TestBatch.Start);
        Assert.InRange(log.Bounds.Bytes, 14_000, 20_000);
        Assert.True(log.Bounds.Oldest > before.Oldest);
        Assert.Equal(before.Head, log.Bounds.Head);
        Assert.Equal(BytesOnDisk(fixture), log.Bounds.Bytes);

        await TrimAsync(log, new Retention { MaxBytes = 1 }, TestBatch.Start);
        var segment = Assert.Single(SegmentNames(fixture));
        Assert.Equal($"{log.Bounds.Oldest.Value:D20}.log", segment);
        Assert.True(log.Bounds.Oldest <= log.Bounds.Head);
        Assert.Equal(log.Bounds.Head, (await LogAssert.ReadAllAsync(log))[^1].LastId);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => log.ReadAsync(new EventId(log.Bounds.Oldest.Value - 2), 1, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task TrimAsync_Forever_RemovesNothing()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 30);
        await TrimAsync(log, Retention.Forever, TestBatch.Start.AddYears(100));
        Assert.Equal(new EventId(1), log.Bounds.Oldest);
    }

    [Fact]
    public async Task TrimAsync_ByAge_RemovesSegmentsWhoseNewestEventIsOlder()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using (var log = await fixture.OpenAsync())
        {
            await AppendAsync(log, 60, minutesApart: 1);
        }

        // Opened again, ages come from the indexes; from the segment itself where one is lost.
        _disk.Delete(fixture.Index(1));
        await using var reopened = await fixture.OpenAsync();
        await TrimAsync(reopened, new Retention { MaxAge = TimeSpan.FromMinutes(30) }, TestBatch.Start.AddMinutes(60));
        var batches = await LogAssert.ReadAllAsync(reopened);
        var cut = batches.FindIndex(batch => batch.AppendedAt >= TestBatch.Start.AddMinutes(30));
        Assert.InRange(cut, 0, 4);
        Assert.InRange(batches[0].AppendedAt, TestBatch.Start.AddMinutes(25), TestBatch.Start.AddMinutes(30));
    }

    [Fact]
    public async Task TrimAsync_ByAge_LetsASlowStreamsEventsGoToo()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        await using var log = await fixture.OpenAsync();
        var age = new Retention { MaxAge = TimeSpan.FromDays(4) };
        for (var day = 0; day < 30; day++)
        {
            await log.AppendAsync(TestBatch.Append(log, at: TestBatch.Start.AddDays(day)));
            await TrimAsync(log, age, TestBatch.Start.AddDays(day));
            Assert.InRange(log.Bounds.Head.Value - log.Bounds.Oldest.Value + 1, Math.Min(day + 1, 4), 7);
        }
    }

    [Fact]
    public async Task ReadAsync_BesideTrims_NeverFailsOtherwiseThanTrimmed()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.MaxOpenFiles = 16);
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 10);
        for (var i = 0; i < 60; i++)
        {
            await Task.WhenAll(AppendAndTrimAsync(), ReadThroughAsync(log), ReadThroughAsync(log));
        }

        Assert.True(log.Bounds.Oldest.Value > 500);

        async Task AppendAndTrimAsync()
        {
            await AppendAsync(log, 10);
            await TrimAsync(log, new Retention { MaxBytes = 10_000 }, TestBatch.Start);
        }
    }

    [Fact]
    public async Task TrimAsync_WhenTheDiskFails_KeepsTheLogUsable()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 30);
        _disk.Fault = (_, name) => name == "delete" ? SimulatedDisk.InputOutputError : null;
        await Assert.ThrowsAsync<LogFailedException>(() => TrimAsync(log, new Retention { MaxBytes = 1 }, TestBatch.Start));
        Assert.Equal(new EventId(1), log.Bounds.Oldest);
        _disk.Fault = null;
        Assert.Equal(30, (await LogAssert.ReadAllAsync(log)).Count);
        await AppendAsync(log, 1);
        await TrimAsync(log, new Retention { MaxBytes = 1 }, TestBatch.Start);
        Assert.Single(SegmentNames(fixture));
    }

    private static async Task ReadThroughAsync(IEventLog log)
    {
        for (var after = log.Bounds.Oldest.Value - 1; after < log.Bounds.Head.Value; after++)
        {
            try
            {
                await log.ReadAsync(new EventId(after), 500, TestContext.Current.CancellationToken);
            }
            catch (ArgumentOutOfRangeException)
            {
                Assert.True(log.Bounds.Oldest.Value > after + 1);
                return;
            }
        }
    }

    private static async Task AppendAsync(IEventLog log, int count, int minutesApart = 0)
    {
        for (var i = 0; i < count; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, metadataSize: 900, at: TestBatch.Start.AddMinutes(i * minutesApart)));
        }
    }

    private static async Task TrimAsync(IEventLog log, Retention retention, DateTimeOffset now) =>
        await log.TrimToEndAsync(retention, now);

    private string[] SegmentNames(LogFixture fixture) =>
        [.. _disk.List(fixture.PartitionPath)!.Select(entry => entry.Name).Where(name => name.EndsWith(".log", StringComparison.Ordinal))];

    private long BytesOnDisk(LogFixture fixture) =>
        _disk.List(fixture.PartitionPath)!.Where(entry => entry.Name != "owner").Sum(entry => entry.Length);
}
