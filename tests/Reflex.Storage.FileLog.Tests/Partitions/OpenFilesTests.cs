using Reflex.Events;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

/// <summary>A process that may have few files open.</summary>
public sealed class OpenFilesTests
{
    private const string TooMany = "too many open files: this process may have";

    private readonly CountedLayer _layer = new(new SimulatedDisk(), limit: 8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 16)]
    [InlineData(400, 16)]
    [InlineData(512, 48)]
    [InlineData(1024, 240)]
    [InlineData(4096, 1024)]
    [InlineData(OpenFileLimit.None, 1024)]
    public void ShareOf_ALimit_LeavesTheRuntimeAndConnectionsTheirs(int limit, int share) =>
        Assert.Equal(share, FileLogProvider.ShareOf(limit));

    [Fact]
    public void OfTheProcess_IsWhatTheSystemSays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        var line = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        Assert.Equal(soft, OpenFileLimit.OfTheProcess == OpenFileLimit.None ? "unlimited" : $"{OpenFileLimit.OfTheProcess}");
    }

    /// <summary>Whatever the log thinks that it may keep open: what nobody uses at the moment makes room.</summary>
    [Fact]
    public async Task ManyPartitions_WithFewerFilesThanTheLogMayKeep_ServeAllTheSame()
    {
        await using var fixture = new LogFixture(_layer, "/data");
        var logs = new List<IEventLog>();
        for (var i = 0; i < 20; i++)
        {
            var log = await fixture.OpenAsync(new PartitionId("many", i));
            logs.Add(log);
            for (var append = 0; append < 6; append++)
            {
                await log.AppendAsync(TestBatch.Append(log, metadataSize: 1500));
            }
        }

        foreach (var log in logs)
        {
            await log.AppendAsync(TestBatch.Append(log));
            await log.TrimToEndAsync(new Retention { MaxBytes = 6000 }, TestBatch.Start);
            Assert.Equal(log.Bounds.Head, (await LogAssert.ReadAllAsync(log))[^1].LastId);
            await log.DisposeAsync();
        }

        Assert.Equal(8, _layer.Most);
        Assert.Empty(fixture.Warnings);
    }

    [Fact]
    public async Task NoFileLeft_EveryCallFailsAsTransientAndIsServedWhenThereAreFilesAgain()
    {
        await using var fixture = new LogFixture(_layer, "/data");
        var log = await fixture.OpenAsync();
        var kept = new List<EventBatch>();
        for (var i = 0; i < 6; i++)
        {
            kept.AddRange(TestBatch.Append(log, metadataSize: 1500));
            await log.AppendAsync(kept[^1..]);
        }

        // Another partition's opening closes what nobody uses, in vain.
        _layer.Limit = 0;
        await FailsAsync(() => fixture.OpenAsync(new PartitionId("orders", 4)));
        await FailsAsync(() => log.ReadAsync(EventId.None, 100, Token).AsTask());
        await FailsAsync(() => log.TrimToEndAsync(new Retention { MaxBytes = 1 }, TestBatch.Start));
        await FailsAsync(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
        await FailsAsync(() => fixture.OpenAsync());
        await log.DisposeAsync();
        await FailsAsync(() => fixture.OpenAsync());

        _layer.Limit = 8;
        await using var next = await fixture.OpenAsync();
        await LogAssert.HoldsAsync(next, kept);
        await next.AppendAsync(TestBatch.Append(next));
    }

    [Fact]
    public async Task Start_WithoutAFileLeft_IsRefusedAndWorksWhenThereAreFilesAgain()
    {
        await using var fixture = new LogFixture(_layer, "/data");
        _layer.Limit = 0;
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => fixture.OpenAsync());
        Assert.Contains(TooMany, error.Message, StringComparison.Ordinal);
        _layer.Limit = 8;
        await using var log = await fixture.OpenAsync();
    }

    /// <summary>Each has a file open; so many that a burst of readers can't take all of the process'.</summary>
    [Fact]
    public async Task ReadAsync_OfManyReadersAtOnce_TakesTurns()
    {
        _layer.Limit = 1000;
        await using var fixture = new LogFixture(_layer, "/data", options => options.MaxOpenFiles = 16);
        await using var log = await fixture.OpenAsync();
        for (var i = 0; i < 200; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, metadataSize: 4000));
        }

        await Task.WhenAll(Enumerable.Range(0, 200).Select(after => log.ReadAsync(new EventId(after), 100, Token).AsTask()));

        // What is kept open, and what four reads add: a segment and its index.
        Assert.InRange(_layer.Most, 1, 16 + 8);
    }

    private static async Task FailsAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<LogFailedException>(call);
        Assert.True(error.IsTransient);
        Assert.Contains(TooMany, error.Message, StringComparison.Ordinal);
    }
}
