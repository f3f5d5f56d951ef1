using System.Globalization;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests;

public sealed class FileLogProviderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Provider_SaysWhatItIs()
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        Assert.Equal("file log", fixture.Provider.Name);
        Assert.False(fixture.Provider.ServesClusters);
        Assert.Equal(Durability.Flushed, fixture.Provider.Durability);
    }

    [Fact]
    public async Task OpenAsync_BeforeStart_IsMisuse()
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => fixture.Provider.OpenAsync(LogFixture.Partition, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task OpenAsync_NoStream_IsMisuse()
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await fixture.Provider.StartAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ArgumentException>(
            () => fixture.Provider.OpenAsync(default, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task AppendAsync_WhenTheFolderWasGivenBack_IsRefusedAndWritesNothing()
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        var log = await fixture.OpenAsync();
        await log.AppendAsync(TestBatch.Append(log));

        // From now on another process may have the folder.
        fixture.Provider.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.AppendAsync(TestBatch.Append(log)).AsTask());
        Assert.Equal(1, log.Bounds.Head.Value);
    }

    [Fact]
    public async Task RealDisk_ManyPartitionsWithFewOpenFiles_KeepEveryEvent()
    {
        var expected = new Dictionary<PartitionId, List<EventBatch>>();
        for (var round = 0; round < 2; round++)
        {
            await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data, options => options.MaxOpenFiles = 16);
            var logs = new Dictionary<PartitionId, IEventLog>();
            for (var i = 0; i < 40; i++)
            {
                var partition = new PartitionId(i % 2 == 0 ? "even" : "odd", i);
                logs[partition] = await fixture.OpenAsync(partition);
            }

            await Task.WhenAll(logs.Select(async entry =>
            {
                var held = new List<EventBatch>();
                for (var i = 0; i < 8; i++)
                {
                    var batches = TestBatch.Append(entry.Value, events: 2, batches: 2, metadataSize: 500);
                    await entry.Value.AppendAsync(batches);
                    held.AddRange(batches);
                }

                lock (expected)
                {
                    expected[entry.Key] = [.. expected.GetValueOrDefault(entry.Key, []), .. held];
                }
            }));
            foreach (var (partition, log) in logs)
            {
                await LogAssert.HoldsAsync(log, expected[partition]);
                await log.DisposeAsync();
            }

            Assert.Empty(fixture.Warnings);
        }
    }

    [Fact]
    public async Task RealDisk_ProcessKilledWhileAppending_LosesNothingAcknowledged()
    {
        long acknowledged = 0;
        for (var kill = 1; kill <= 8; kill++)
        {
            using (var child = ChildProcess.Start("append", _temp.Data))
            {
                var lines = 0;
                while (lines++ < 20 * kill)
                {
                    var line = await child.Output.ReadLineAsync(TestContext.Current.CancellationToken);
                    acknowledged = long.Parse(line!, CultureInfo.InvariantCulture);
                }

                await child.KillAsync();

                // It got further before it died; a last line may be torn.
                var rest = (await child.Output.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n')[..^1];
                acknowledged = rest.Length > 0 ? long.Parse(rest[^1], CultureInfo.InvariantCulture) : acknowledged;
            }

            await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data, options => options.SegmentSizeBytes = 64 * 1024);
            await using var log = await fixture.OpenAsync();
            var batches = await LogAssert.ReadAllAsync(log, 64 * 1024);
            Assert.True(log.Bounds.Head.Value >= acknowledged, $"kill {kill}: acknowledged {acknowledged}, found {log.Bounds.Head}");
            Assert.False(batches[^1].MoreFollows);
            foreach (var batch in batches)
            {
                var same = TestBatch.Seal(
                    batch.BaseId,
                    batch.Count,
                    MetadataSize(batch),
                    batch.Epoch,
                    batch.DurableId,
                    TestBatch.Start,
                    batch.MoreFollows,
                    batch.PreviousEpoch);
                Assert.Equal(same.Bytes.ToArray(), batch.Bytes.ToArray());
            }

            acknowledged = log.Bounds.Head.Value;
        }
    }

    private static int MetadataSize(EventBatch batch)
    {
        // Record size less its header and the foreign id; see BATCH.md.
        var record = batch.Bytes.Span[EventBatch.HeaderSize..];
        return BitConverter.ToInt32(record) - 20 - BitConverter.ToUInt16(record[16..]);
    }
}
