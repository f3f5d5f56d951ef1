using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

/// <summary>Ages of segments whose stamps come from a clock that was wrong.</summary>
public sealed class WrongClockTests
{
    private static readonly DateTimeOffset Start = TestBatch.Start;
    private static readonly DateTimeOffset Future = Start.AddYears(30);
    private static readonly DateTimeOffset Past = DateTimeOffset.UnixEpoch;
    private static readonly Retention ADay = new() { MaxAge = TimeSpan.FromDays(1) };

    private readonly SimulatedDisk _disk = new();

    /// <summary>A machine without a clock of its own makes a new partition.</summary>
    [Fact]
    public async Task TrimAsync_FirstEventEverIsOf1970_StaysForItsAge()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log, at: Past));
        await log.TrimToEndAsync(ADay, Start);
        await log.TrimToEndAsync(ADay, Start.AddHours(23));
        Assert.Equal((1, 1), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
        await log.TrimToEndAsync(ADay, Start.AddHours(25));
        Assert.Equal((2, 1), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AppendAsync_ClockWasWrongForOneAppend_NextSegmentSaysTheTime(bool isFuture)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        await log.TrimToEndAsync(ADay, Start);
        await AppendAsync(Start);
        await AppendAsync(isFuture ? Future : Past);
        await AppendAsync(Start.AddMinutes(2));
        await AppendAsync(Start.AddMinutes(3));

        // The wrong one has a segment of its own, or the rest of one, so that what comes after it isn't bound to it.
        var headers = Segments(fixture).ConvertAll(path => (SegmentHeader.Read(_disk.ReadAll(path), out var header), header).header!);
        Assert.Equal(Ticks.Of(Start.AddMinutes(2)), headers[^1].Previous!.Value.AppendedAt);
        Assert.Equal(3, headers[^1].BaseId);
        await log.TrimToEndAsync(ADay, Start.AddHours(23));
        Assert.Equal(1, log.Bounds.Oldest.Value);
        await log.TrimToEndAsync(ADay, Start.AddDays(1).AddMinutes(2).AddSeconds(1));
        Assert.Equal(3, log.Bounds.Oldest.Value);

        async Task AppendAsync(DateTimeOffset at) => await log.AppendAsync(TestBatch.Append(log, at: at));
    }

    /// <summary>A clock that was set ahead isn't believed for an hour; its stamps are doubtful meanwhile, in every trim.</summary>
    [Fact]
    public async Task TrimAsync_EveryMinuteWhileStampsAreDoubtful_MakesFewSegments()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        await using var log = await fixture.OpenAsync();
        for (var minute = 0; minute < 60; minute++)
        {
            await log.AppendAsync(TestBatch.Append(log, at: Future.AddMinutes(minute)));
            await log.TrimToEndAsync(ADay, Start.AddMinutes(minute));
        }

        Assert.InRange(Segments(fixture).Count, 2, 3);
        Assert.Equal(1, log.Bounds.Oldest.Value);
    }

    /// <summary>A clock that was wrong for long was believed in the end; then it is right again.</summary>
    [Fact]
    public async Task TrimAsync_ClockWasAheadForDays_GoesByTheRightOneAfterIt()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        for (var hour = 0; hour < 48; hour++)
        {
            await log.AppendAsync(TestBatch.Append(log, metadataSize: 900, at: Future.AddHours(hour)));
            await log.TrimToEndAsync(ADay, hour == 0 ? Start : Future.AddHours(hour));
        }

        Assert.InRange(log.Bounds.Oldest.Value, 15, 30);
        var oldest = log.Bounds.Oldest;
        var right = Start.AddDays(2);
        for (var hour = 0; hour < 23; hour++)
        {
            await log.TrimToEndAsync(ADay, right.AddHours(hour));
            await log.AppendAsync(TestBatch.Append(log, metadataSize: 900, at: right.AddHours(hour)));
            Assert.Equal(oldest, log.Bounds.Oldest);
        }

        await log.TrimToEndAsync(ADay, right.AddHours(26));
        Assert.InRange(log.Bounds.Oldest.Value, 48, 52);
        await log.TrimToEndAsync(ADay, right.AddHours(49));
        Assert.Equal(log.Bounds.Head.Next, log.Bounds.Oldest);
    }

    /// <summary>So it was left by a crash, and nothing more comes.</summary>
    [Fact]
    public async Task TrimAsync_NewestSegmentIsEmptyAndNothingSaysTheTime_GetsOneThatDoes()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using (var first = await fixture.OpenAsync())
        {
            await first.AppendAsync(TestBatch.Append(first, at: Future));
        }

        using (var file = _disk.Open(fixture.Segment(2), FileOpening.Replace))
        {
            file.Write(new SegmentHeader(2, 2, 1, 1, new PreviousEvent(1, Ticks.Of(Future))).ToBytes(), 0);
        }

        await using var log = await fixture.OpenAsync();
        await log.TrimToEndAsync(ADay, Start);
        Assert.Equal(1, log.Bounds.Oldest.Value);
        Assert.Equal(2, Segments(fixture).Count);
        await log.TrimToEndAsync(ADay, Start.AddHours(25));
        Assert.Equal((2, 1), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
    }

    private List<string> Segments(LogFixture fixture) =>
    [
        .. _disk.List(fixture.PartitionPath)!.Select(entry => Path.Combine(fixture.PartitionPath, entry.Name))
            .Where(path => path.EndsWith(".log", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];
}
