using Reflex.Events;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Partitions;

/// <summary>Reads of what only a slow device has.</summary>
public sealed class ColdReadTests : IAsyncDisposable
{
    private const int Threads = 16;

    private readonly SimulatedDisk _disk = new();
    private readonly StalledLayer _layer;
    private readonly LogFixture _fixture;
    private readonly List<IEventLog> _logs = [];

    public ColdReadTests()
    {
        _layer = new StalledLayer(_disk);
        _fixture = new LogFixture(_layer, "/data", options => options.MaxOpenFiles = 4 * Threads);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // First, since a log waits for what it reads.
        _layer.GoOn();
        foreach (var log in _logs)
        {
            await log.DisposeAsync();
        }

        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_OfManyReaders_TakesNoThreadOfThePool()
    {
        var log = await OpenAsync(LogFixture.Partition, events: 500);
        _layer.Stall("/data");
        var reads = Enumerable.Range(0, 500).Select(after => ReadAsync(log, after)).ToArray();
        await _layer.WaitAsync(Threads);

        // As many as the pool has threads without waiting for more, at the same time.
        ThreadPool.GetMinThreads(out var threads, out _);
        using var barrier = new Barrier(threads);
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() => barrier.SignalAndWait(Token), Token)));
        Assert.All(reads, read => Assert.False(read.IsCompleted));

        _layer.GoOn();
        var pages = await Task.WhenAll(reads);
        Assert.Equal(Enumerable.Range(1, 500), pages.Select(page => (int)LogAssert.Split(page).First().BaseId.Value));
        Assert.Equal(0, _layer.PoolThreads);
    }

    [Fact]
    public async Task ReadAsync_OfAnotherPartition_DoesNotWaitForAllReadersOfOne()
    {
        var many = await OpenAsync(LogFixture.Partition, events: 500);
        var one = await OpenAsync(new PartitionId("orders", 4), events: 1);
        _layer.Stall(_fixture.PartitionPath);
        var reads = Enumerable.Range(0, 500).Select(after => ReadAsync(many, after)).ToArray();
        await _layer.WaitAsync(Threads);
        var read = ReadAsync(one, 0);

        // A page takes a reader at least one read of the device, so that most of the many are waiting still.
        for (var allowed = 0; allowed < 300 && !read.IsCompleted; allowed += Threads)
        {
            _layer.Allow(Threads);
            await _layer.WaitAsync(Threads);
        }

        Assert.True(read.IsCompleted);
        _layer.GoOn();
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_EndsWhileTheDeviceBringsNothing()
    {
        var log = await OpenAsync(LogFixture.Partition, events: Threads + 1);
        _layer.Stall("/data");
        var reads = Enumerable.Range(0, Threads).Select(after => ReadAsync(log, after)).ToArray();
        await _layer.WaitAsync(Threads);
        using var cancellation = new CancellationTokenSource();
        var waiting = log.ReadAsync(EventId.None, 100, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.All(reads, read => Assert.False(read.IsCompleted));
        _layer.GoOn();
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task ReadAsync_WhenTheDeviceFails_FailsForTheReadersThatWaitedAndWorksLater()
    {
        var log = await OpenAsync(LogFixture.Partition, events: 100);
        _layer.Stall("/data");
        var reads = Enumerable.Range(0, 100).Select(after => ReadAsync(log, after)).ToArray();
        await _layer.WaitAsync(Threads);
        _disk.Fault = (_, name) => name == "read" ? SimulatedDisk.InputOutputError : null;
        _layer.GoOn();
        foreach (var read in reads)
        {
            Assert.True((await Assert.ThrowsAsync<LogFailedException>(() => read)).IsTransient);
        }

        _disk.Fault = null;
        Assert.False((await ReadAsync(log, 7)).IsEmpty);
    }

    [Fact]
    public async Task DisposeAsync_WaitsForWhatIsRead()
    {
        var log = await OpenAsync(LogFixture.Partition, events: 2);
        _layer.Stall("/data");
        var read = ReadAsync(log, 0);
        await _layer.WaitAsync(1);
        var disposal = log.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        _layer.GoOn();
        await disposal;
        Assert.False((await read).IsEmpty);
        await Assert.ThrowsAsync<LogFailedException>(() => ReadAsync(log, 0));
    }

    [Fact]
    public async Task ReadAsync_OfWhatIsInMemory_WaitsForNoDevice()
    {
        var log = await OpenAsync(LogFixture.Partition, events: 100);

        // The headers and indexes of all segments.
        await LogAssert.ReadAllAsync(log, maxBytes: 1);
        _disk.IsCached = true;
        _layer.Stall("/data");
        await log.ConfirmAsync(Token);
        foreach (var after in Enumerable.Range(0, 100).Reverse())
        {
            Assert.Equal(new EventId(after + 1), LogAssert.Split(await ReadAsync(log, after)).First().BaseId);
        }

        _disk.IsCached = false;
        var read = ReadAsync(log, 5);
        await _layer.WaitAsync(1);
        Assert.False(read.IsCompleted);
        _layer.GoOn();
        await read;
    }

    [Fact]
    public async Task ReadAsync_OfDamageInMemory_TellsIt()
    {
        var log = await OpenAsync(LogFixture.Partition, events: 10);
        using (var file = _disk.Open(_fixture.Segment(1), FileLog.Files.FileOpening.Write))
        {
            // In the first event, after the headers of the segment and of its batch.
            file.Write([(byte)~_disk.ReadAll(_fixture.Segment(1))![140]], 140);
        }

        _disk.IsCached = true;
        await Assert.ThrowsAsync<LogCorruptedException>(() => LogAssert.ReadAllAsync(log));
    }

    private static Task<ReadOnlyMemory<byte>> ReadAsync(IEventLog log, int after) =>
        log.ReadAsync(new EventId(after), 100, Token).AsTask();

    private async Task<IEventLog> OpenAsync(PartitionId partition, int events)
    {
        var log = await _fixture.OpenAsync(partition);
        _logs.Add(log);
        for (var i = 0; i < events; i++)
        {
            await log.AppendAsync(TestBatch.Append(log));
        }

        return log;
    }
}
