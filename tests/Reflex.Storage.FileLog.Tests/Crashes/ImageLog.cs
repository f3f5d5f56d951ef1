using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>A log on a disk of images, opened as the provider does but without threads of its own: it happens very often.</summary>
internal sealed class ImageLog(DataFolder folder, PartitionFileLog log) : IAsyncDisposable
{
    private const string Folder = "/data/streams/orders/3";

    public PartitionFileLog Log => log;

    public static ImageLog Open(ImageDisk disk, DiskThreads threads, Durability durability)
    {
        var data = DataFolder.Take(disk, "/data");
        var stream = Path.Combine(data.StreamsPath, "orders");
        var partition = Path.Combine(stream, "3");
        disk.CreateFolder(stream);
        disk.CreateFolder(partition);
        return new ImageLog(data, PartitionFileLog.Open(Context(disk, threads, durability), LogFixture.Partition, partition, () =>
        {
            disk.FlushFolder(data.StreamsPath);
            disk.FlushFolder(stream);
        }));
    }

    /// <summary>Deletes the log, as the provider does; a folder that isn't there is no log.</summary>
    public static void Delete(ImageDisk disk, DiskThreads threads, Durability durability)
    {
        if (disk.List(Folder) is not null)
        {
            PartitionFileLog.Delete(Context(disk, threads, durability), LogFixture.Partition, Folder, () =>
            {
                disk.FlushFolder("/data/streams");
                disk.FlushFolder("/data/streams/orders");
            });
        }
    }

    /// <summary>The batches of whole appends that follow the head.</summary>
    public List<EventBatch> Next(int appends, int batchesEach, int events, int metadataSize)
    {
        var batches = new List<EventBatch>();
        var head = Log.Bounds.Head;
        for (var i = 0; i < appends * batchesEach; i++)
        {
            var next = batches.Count > 0 ? batches[^1].LastId.Next : head.Next;
            var moreFollows = (i + 1) % batchesEach != 0;
            var before = i == 0 ? Log.Bounds.HeadEpoch : Log.Epoch;
            batches.Add(TestBatch.Seal(next, events, metadataSize, Log.Epoch, head, TestBatch.Start, moreFollows, before));
        }

        return batches;
    }

    private static LogContext Context(ImageDisk disk, DiskThreads threads, Durability durability)
    {
        var options = new FileLogOptions
        {
            SegmentSizeBytes = FileLogOptions.MinSegmentSizeBytes,
            IndexIntervalBytes = 1024,
            Durability = durability,
        };
        return new LogContext(disk, new FileCache(64), new IndexCache(16), threads, options, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        folder.Dispose();
    }
}
