using Reflex.Events;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

public sealed class FencingTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task AppendAsync_AfterANewerOwnerOpened_IsFencedAndLeavesNothing()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var older = await fixture.OpenAsync();
        var kept = TestBatch.Append(older);
        await older.AppendAsync(kept);
        await using var newer = await fixture.OpenAsync();
        Assert.Equal(2, newer.Epoch);
        var bytes = _disk.ReadAll(fixture.Segment(1));

        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<LogFencedException>(() => older.AppendAsync(TestBatch.Append(older)).AsTask());
            Assert.Equal((1, 2), (error.Epoch, error.FoundEpoch));
            Assert.Equal(LogFixture.Partition, error.Partition);
        }

        Assert.Equal(bytes, _disk.ReadAll(fixture.Segment(1)));
        await LogAssert.HoldsAsync(newer, kept);
        await LogAssert.HoldsAsync(older, kept);
    }

    [Fact]
    public async Task TwoProvidersWithTheFolderLockGone_OlderIsFenced()
    {
        await using var first = new LogFixture(_disk, "/data");
        await using var older = await first.OpenAsync();
        await older.AppendAsync(TestBatch.Append(older));

        // Another machine that mounts the folder wouldn't see the lock.
        _disk.Delete("/data/lock");
        await using var second = new LogFixture(_disk, "/data");
        await using var newer = await second.OpenAsync();
        var batches = TestBatch.Append(newer);
        await newer.AppendAsync(batches);
        await Assert.ThrowsAsync<LogFencedException>(() => older.AppendAsync(TestBatch.Append(older)).AsTask());
        await older.DisposeAsync();
        Assert.Equal(new EventId(2), newer.Bounds.Head);
        await newer.AppendAsync(TestBatch.Append(newer));
        Assert.Equal(3, (await LogAssert.ReadAllAsync(newer)).Count);
    }

    [Fact]
    public async Task OpenAsync_WhileAnAppendWrites_WaitsAndKeepsIt()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var older = await fixture.OpenAsync();
        await older.AppendAsync(TestBatch.Append(older));
        var reached = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var gate = new GatedLayer(_disk, reached, release);
        await using var gated = new LogFixture(gate, "/data");
        _disk.Delete("/data/lock");
        await using var middle = await gated.OpenAsync();
        var batches = TestBatch.Append(middle);
        gate.Arm();
        var append = middle.AppendAsync(batches).AsTask();
        await Task.WhenAny(reached.Task, append);
        var opening = fixture.OpenAsync();
        Assert.False(opening.IsCompleted);
        release.SetResult();
        await append;
        await using var newest = await opening;
        Assert.Equal(new EventId(2), newest.Bounds.Head);
        Assert.Equal(3, newest.Epoch);
    }

    [Fact]
    public async Task TrimAsync_AfterANewerOwnerOpened_RemovesNothing()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var older = await fixture.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await older.AppendAsync(TestBatch.Append(older, metadataSize: 1000));
        }

        await using var newer = await fixture.OpenAsync();
        await Assert.ThrowsAsync<LogFencedException>(
            () => older.TrimToEndAsync(new Retention { MaxBytes = 1 }, TestBatch.Start));
        Assert.Equal(20, (await LogAssert.ReadAllAsync(newer)).Count);
    }

    [Fact]
    public async Task AppendAsync_OwnerFileChangedByHand_Fails()
    {
        await using var fixture = new LogFixture(_disk, "/data");
        await using var log = await fixture.OpenAsync();
        using (var file = _disk.Open(Path.Combine(fixture.PartitionPath, "owner"), FileLog.Files.FileOpening.Replace))
        {
            file.SetLength(0);
        }

        var error = await Assert.ThrowsAsync<LogFailedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
        Assert.Contains("says epoch 0 where 1 was written", error.Message, StringComparison.Ordinal);
    }
}
