using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Verifying;

namespace Reflex.Storage.FileLog.Tests;

/// <summary>A deleted log: its folder keeps the head and the epoch, and a mark in the owner file.</summary>
public sealed class DeletionTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public async Task DeleteAsync_ALog_LeavesTheOwnerAndAnEmptySegmentThatHoldsTheHead(int appends)
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        var log = await fixture.OpenAsync();
        await AppendAsync(log, appends);
        var before = log.Bounds;

        await fixture.DeleteAsync();

        string[] left = appends > 0 ? [$"{appends + 1:D20}.idx", $"{appends + 1:D20}.log", "owner"] : ["owner"];
        Assert.Equal(left.Where(name => name[^1] != 'x'), Files(fixture).Where(name => name[^1] != 'x'));
        Assert.All(Files(fixture), name => Assert.Contains(name, left));
        await log.DisposeAsync();
        await using var again = await fixture.OpenAsync();
        Assert.Equal(
            (before.Head.Next, before.Head, before.HeadEpoch, before.HeadAppendedAt),
            (again.Bounds.Oldest, again.Bounds.Head, again.Bounds.HeadEpoch, again.Bounds.HeadAppendedAt));
        await AppendAsync(again, 1);
        Assert.Empty(fixture.Warnings);
    }

    /// <summary>The mark may not be on the device yet where a flush has failed.</summary>
    [Fact]
    public async Task DeleteAsync_TheLastFlushFailsAndThePowerGoesAfterTheNextTry_IsDeleted()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = new SimulatedDisk();
            await using (var fixture = new LogFixture(disk, "/data"))
            {
                await AppendAsync(await fixture.OpenAsync(), 3);
                var flushes = CountFlushes(disk);
                await fixture.DeleteAsync();
                var all = flushes();
                await AppendAsync(await fixture.OpenAsync(), 3);
                var left = all;
                disk.Fault = (_, name) => name == "flush" && --left == 0 ? SimulatedDisk.InputOutputError : null;
                await Assert.ThrowsAsync<LogFailedException>(() => fixture.DeleteAsync());
                disk.Fault = null;
                await fixture.DeleteAsync();
            }

            disk = disk.CutPower(new Random(seed));
            await using var next = new LogFixture(disk, "/data");
            await next.Provider.StartAsync(Token);
            Assert.Empty(await next.Provider.ListAsync(null, Token));
            await using var log = await next.OpenAsync();
            Assert.Equal((7, 6), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
        }
    }

    [Fact]
    public async Task ListAsync_APowerCutAtAnyCallOfADeletion_ListsWhatIsNotDeletedAndTheNextTryDeletesIt()
    {
        for (var call = 0; ; call++)
        {
            var disk = new SimulatedDisk();
            bool isDone;
            await using (var fixture = new LogFixture(disk, "/data"))
            {
                await AppendAsync(await fixture.OpenAsync(), 8);
                var from = disk.Calls + call;
                disk.Fault = (number, _) => number >= from ? SimulatedDisk.InputOutputError : null;
                var deletion = fixture.DeleteAsync();
                await deletion.ContinueWith(_ => { }, TaskScheduler.Default);
                isDone = deletion.IsCompletedSuccessfully;
                disk = disk.CutPower(new Random(call));
            }

            await using var next = new LogFixture(disk, "/data");
            await next.Provider.StartAsync(Token);
            var listed = await next.Provider.ListAsync(null, Token);
            Assert.True(!isDone || listed.Count == 0, $"call {call}: it was deleted, and is listed");
            await next.DeleteAsync();
            Assert.Empty(await next.Provider.ListAsync(null, Token));
            await using var log = await next.OpenAsync();
            Assert.Equal((9, 8), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
            if (isDone)
            {
                Assert.InRange(call, 20, 1000);
                return;
            }
        }
    }

    [Fact]
    public async Task DeleteAsync_ADamagedLog_IsRefusedAndNothingIsChanged()
    {
        await using var fixture = await WriteAsync();
        var segment = fixture.Segment(1);
        var bytes = await File.ReadAllBytesAsync(segment, Token);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, Token);
        await RequireRefusedAsync<LogCorruptedException>(fixture);
    }

    [Fact]
    public async Task GetEpochAsync_OfALogThatDoesNotOpen_TellsItAsLongAsAnOwnerCanBeRead()
    {
        await using var fixture = await WriteAsync();
        var bytes = await File.ReadAllBytesAsync(fixture.Segment(1), Token);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(fixture.Segment(1), bytes, Token);
        await Assert.ThrowsAsync<LogCorruptedException>(() => fixture.OpenAsync());
        Assert.Equal(1, await EpochAsync(fixture));

        // One slot that is damaged isn't an owner; both are a log without one.
        var owner = Path.Combine(fixture.PartitionPath, "owner");
        bytes = await File.ReadAllBytesAsync(owner, Token);
        bytes[4096 + 20] ^= 1;
        await File.WriteAllBytesAsync(owner, bytes, Token);
        Assert.Equal(1, await EpochAsync(fixture));
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(owner, bytes, Token);
        await Assert.ThrowsAsync<LogCorruptedException>(() => EpochAsync(fixture));
        File.Delete(owner);
        await Assert.ThrowsAsync<LogCorruptedException>(() => EpochAsync(fixture));
    }

    [Fact]
    public async Task GetEpochAsync_BesideAnOwnerThatWorks_WaitsForNobody()
    {
        var disk = new DiskFileLayer();
        await using var fixture = await WriteAsync();
        using var hold = fixture.HoldPartition(disk);
        Assert.Equal(1, await EpochAsync(fixture));
    }

    [Fact]
    public async Task DeleteAsync_UnderAnOlderOwnersEpoch_ChangesNoByte()
    {
        await using var fixture = await WriteAsync();
        await using (await fixture.OpenAsync())
        {
        }

        var before = Content(fixture);
        var error = await Assert.ThrowsAsync<LogFencedException>(
            () => fixture.Provider.DeleteAsync(LogFixture.Partition, 1, Token).AsTask());
        Assert.Equal((1, 2), (error.Epoch, error.FoundEpoch));
        Assert.Equal(before, Content(fixture));
    }

    [Fact]
    public async Task DeleteAsync_WithoutAnOwnerFile_IsRefusedAndNothingIsChanged()
    {
        await using var fixture = await WriteAsync();
        File.Delete(Path.Combine(fixture.PartitionPath, "owner"));
        await RequireRefusedAsync<LogCorruptedException>(fixture);
    }

    [Fact]
    public async Task DeleteAsync_BesideWhatLooksLikeALogAndIsNone_IsRefusedAndNothingIsChanged()
    {
        await using var fixture = await WriteAsync();
        await File.WriteAllTextAsync(Path.Combine(fixture.PartitionPath, "owner.bak"), "?", Token);
        await RequireRefusedAsync<StorageRefusedException>(fixture);
    }

    [Fact]
    public async Task DeleteAsync_ANewerVersionsLog_IsRefusedAndNothingIsChanged()
    {
        await using var fixture = await WriteAsync();
        var owner = Path.Combine(fixture.PartitionPath, "owner");
        var bytes = await File.ReadAllBytesAsync(owner, Token);
        foreach (var slot in new[] { 0, 4096 })
        {
            bytes[slot + 8] = 9;
            BitConverter.TryWriteBytes(bytes.AsSpan(slot + 4), Crc32C.Compute(bytes.AsSpan(slot + 8, 56)));
        }

        await File.WriteAllBytesAsync(owner, bytes, Token);
        await RequireRefusedAsync<StorageRefusedException>(fixture);
        Assert.Equal([LogFixture.Partition], await fixture.Provider.ListAsync(null, Token));
    }

    [Fact]
    public async Task DeleteAsync_BeforeStartOrWithoutAStream_IsMisuse()
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Provider.DeleteAsync(LogFixture.Partition, 0, Token).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Provider.GetEpochAsync(LogFixture.Partition, Token).AsTask());
        await fixture.Provider.StartAsync(Token);
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Provider.DeleteAsync(default, 0, Token).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Provider.GetEpochAsync(default, Token).AsTask());
        await fixture.DeleteAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_temp.Data, "streams")));
    }

    /// <summary>A slot that is damaged may have been that of an owner which has opened the log since.</summary>
    [Fact]
    public async Task DeletedLog_OpenedSinceByAnOwnerWhoseSlotIsDamaged_KeepsItsEvents()
    {
        await using var fixture = await WriteAsync();
        await fixture.DeleteAsync();
        await using (var log = await fixture.OpenAsync())
        {
            await AppendAsync(log, 1);
        }

        var owner = Path.Combine(fixture.PartitionPath, "owner");
        var bytes = await File.ReadAllBytesAsync(owner, Token);
        var newest = BitConverter.ToInt64(bytes, 16) > BitConverter.ToInt64(bytes, 4096 + 16) ? 0 : 4096;
        bytes[newest + 20] ^= 1;
        await File.WriteAllBytesAsync(owner, bytes, Token);

        Assert.Equal([LogFixture.Partition], await fixture.Provider.ListAsync(null, Token));
        var before = Content(fixture);
        await Assert.ThrowsAsync<LogFencedException>(() => fixture.DeleteAsync());
        Assert.Equal(before, Content(fixture));
        await using (var again = await fixture.OpenAsync())
        {
            Assert.Equal((6, 6), (again.Bounds.Oldest.Value, again.Bounds.Head.Value));
        }

        await fixture.DeleteAsync();
        Assert.Empty(await fixture.Provider.ListAsync(null, Token));
    }

    [Fact]
    public async Task DeletedLog_VerifiedAndCopied_IsSoundAndStaysDeleted()
    {
        var target = Path.Combine(_temp.Path, "copy");
        await using (var fixture = await WriteAsync())
        {
            await fixture.DeleteAsync();
            using var copy = DataFolderCopy.Begin(_temp.Data, target);
            await foreach (var _ in copy.CopyLogsAsync(null, Token))
            {
            }

            copy.Finish();
        }

        foreach (var folder in new[] { _temp.Data, target })
        {
            await foreach (var found in new FileLogVerifier(folder).VerifyAsync(null, Token))
            {
                Assert.Empty(found.Findings);
                Assert.Empty(found.Notes);
                Assert.Equal((6, 5, 0), (found.Oldest.Value, found.Head.Value, found.Events));
            }

            await using var fixture = new LogFixture(new DiskFileLayer(), folder);
            await fixture.Provider.StartAsync(Token);
            Assert.Empty(await fixture.Provider.ListAsync(null, Token));
            await using var log = await fixture.OpenAsync();
            Assert.Equal((6, 5), (log.Bounds.Oldest.Value, log.Bounds.Head.Value));
        }
    }

    private static async Task AppendAsync(IEventLog log, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await log.AppendAsync(TestBatch.Append(log, metadataSize: 900));
        }
    }

    private static Task<long> EpochAsync(LogFixture fixture) =>
        fixture.Provider.GetEpochAsync(LogFixture.Partition, Token).AsTask();

    private static Func<int> CountFlushes(SimulatedDisk disk)
    {
        var flushes = 0;
        disk.Fault = (_, name) =>
        {
            flushes += name == "flush" ? 1 : 0;
            return null;
        };
        return () => flushes;
    }

    private static async Task RequireRefusedAsync<TException>(LogFixture fixture)
        where TException : ReflexException
    {
        var before = Content(fixture);
        await Assert.ThrowsAsync<TException>(
            () => fixture.Provider.DeleteAsync(LogFixture.Partition, long.MaxValue, Token).AsTask());
        Assert.Equal(before, Content(fixture));
    }

    private static string[] Content(LogFixture fixture) =>
    [
        .. Files(fixture).Select(name => $"{name} {Convert.ToHexString(File.ReadAllBytes(Path.Combine(fixture.PartitionPath, name)))}"),
    ];

    private static string[] Files(LogFixture fixture) =>
        [.. Directory.EnumerateFiles(fixture.PartitionPath).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private async Task<LogFixture> WriteAsync()
    {
        var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 5);
        return fixture;
    }
}
