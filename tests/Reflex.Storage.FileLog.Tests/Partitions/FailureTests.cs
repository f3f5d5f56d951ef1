using Reflex.Events;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class FailureTests
{
    private readonly SimulatedDisk _disk = new();

    [Theory]
    [InlineData("write")]
    [InlineData("flush")]
    [InlineData("read")]
    public async Task AppendAsync_FirstFailure_LatchesUntilReopened(string call)
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        var kept = TestBatch.Append(log);
        await log.AppendAsync(kept);
        _disk.Fault = (_, name) => name == call ? SimulatedDisk.InputOutputError : null;
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
        _disk.Fault = null;

        var error = await Assert.ThrowsAsync<LogFailedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
        Assert.Contains("a write before this one failed; nothing of this one was written", error.Message, StringComparison.Ordinal);
        Assert.Equal(new EventId(1), log.Bounds.Head);
        await LogAssert.HoldsAsync(log, kept);
        await using var reopened = await fixture.OpenAsync();
        await reopened.AppendAsync(TestBatch.Append(reopened));
    }

    [Fact]
    public async Task AppendAsync_DiskFull_SaysSoAndServesAgainWhenThereIsRoom()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        var kept = TestBatch.Append(log);
        await log.AppendAsync(kept);
        _disk.Fault = (_, name) => name is "write" ? SimulatedDisk.NoSpace : null;
        var error = await Assert.ThrowsAsync<LogFullException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
        Assert.EndsWith($"appending goes on. ({fixture.PartitionPath})", error.Message, StringComparison.Ordinal);
        await log.DisposeAsync();
        _disk.Fault = null;
        await using var reopened = await fixture.OpenAsync();
        await LogAssert.HoldsAsync(reopened, kept);
        await reopened.AppendAsync(TestBatch.Append(reopened));
    }

    [Fact]
    public async Task AppendAsync_RoomForTheEventsButNotForZeros_IsDone()
    {
        await using var fixture = new LogFixture(_disk, "/data", options => options.SegmentSizeBytes = 1024 * 1024);
        await using var log = await fixture.OpenAsync();
        var writes = 0;
        _disk.Fault = (_, name) => name == "write" && ++writes == 3 ? SimulatedDisk.NoSpace : null;
        await log.AppendAsync(TestBatch.Append(log));
        Assert.Equal(3, writes);
        _disk.Fault = null;
        await log.AppendAsync(TestBatch.Append(log));
        Assert.Equal(2, (await LogAssert.ReadAllAsync(log)).Count);
        Assert.Empty(fixture.Warnings);
    }

    [Fact]
    public async Task AppendAsync_IndexCannotBeWritten_WarnsAndGoesOn()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var batches = new List<EventBatch>();
        await using (var log = await fixture.OpenAsync())
        {
            _disk.Fault = (_, name) => name == "open" ? SimulatedDisk.NoSpace : null;
            for (var i = 0; i < 3; i++)
            {
                var append = TestBatch.Append(log, metadataSize: 900);
                if (i == 0)
                {
                    _disk.Fault = null;
                    await log.AppendAsync(append);
                    _disk.Fault = (_, name) => name == "open" ? SimulatedDisk.NoSpace : null;
                    _disk.Delete(fixture.Index(1));
                }
                else
                {
                    await log.AppendAsync(append);
                }

                batches.AddRange(append);
            }

            Assert.Contains(
                fixture.Warnings, warning => warning.StartsWith("Could not write an index of orders/3", StringComparison.Ordinal));
            _disk.Fault = null;
        }

        await using var reopened = await fixture.OpenAsync();
        await LogAssert.HoldsAsync(reopened, batches);
    }

    [Fact]
    public async Task DisposeAsync_AfterAFailure_TouchesNothing()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log));
        _disk.Fault = (_, name) => name == "flush" ? SimulatedDisk.InputOutputError : null;
        await Assert.ThrowsAsync<LogFailedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
        var calls = new List<string>();
        _disk.Fault = (_, name) =>
        {
            calls.Add(name);
            return null;
        };
        await log.DisposeAsync();
        Assert.Empty(calls);
    }
}
