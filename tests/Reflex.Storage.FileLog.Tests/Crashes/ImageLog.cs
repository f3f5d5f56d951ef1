using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>A log on a disk of images, opened as the provider does but without threads of its own: it happens very often.</summary>
internal sealed class ImageLog(DataFolder folder, PartitionFileLog log) : IAsyncDisposable
{
    // Of all logs: they are many, and wait for nothing.
    private static readonly ReadThreads Reads = new(limit: 2, maxWaiting: 16);

    private const string Folder = "/data/streams/orders/3";

    public PartitionFileLog Log => log;

    public static ImageLog Open(ImageDisk disk, DiskThreads threads, Durability durability)
    {
        var data = Take(disk);
        var context = Context(disk, threads, durability);
        return new ImageLog(data, PartitionFileLog.Open(context, LogFixture.Partition, Folder, () => FlushParents(disk)));
    }

    /// <summary>Makes the log begin after an event, as the provider does.</summary>
    public static void Begin(ImageDisk disk, DiskThreads threads, Durability durability, LogStart start)
    {
        using var data = Take(disk);
        var context = Context(disk, threads, durability);
        PartitionFileLog.Begin(context, LogFixture.Partition, Folder, start, () => FlushParents(disk));
    }

    /// <summary>Deletes the log, as the provider does; a folder that isn't there is no log.</summary>
    public static void Delete(ImageDisk disk, DiskThreads threads, Durability durability)
    {
        if (disk.List(Folder) is not null)
        {
            var epoch = PartitionFolder.GetEpoch(disk, Folder);
            PartitionFileLog.Delete(
                Context(disk, threads, durability), LogFixture.Partition, epoch, Folder, () => FlushParents(disk));
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
            var batch = TestBatch.Seal(next, events, metadataSize, Log.Epoch, head, TestBatch.Start, moreFollows, before);
            batches.Add(metadataSize % 3 == 0 ? TestBatch.WithKeys(batch) : batch);
        }

        return batches;
    }

    /// <summary>
    /// The batches of another log's whole appends that follow the head: of one epoch after the other, or of one that is later than that of
    /// any segment.
    /// </summary>
    public List<EventBatch> NextImported(int appends, int batchesEach, int events, int metadataSize, bool isLate)
    {
        var batches = new List<EventBatch>();
        var (next, epoch) = (Log.Bounds.Head.Next, Log.Bounds.HeadEpoch);
        for (var i = 0; i < appends * batchesEach; i++)
        {
            var before = epoch;
            epoch = isLate ? Log.Epoch - 1 : Math.Min(Log.Epoch - 1, i % batchesEach == 0 ? epoch + 1 : epoch);
            var moreFollows = (i + 1) % batchesEach != 0;

            // As the other log's owner has written them, one after the other.
            var durable = new EventId(next.Value - 1);
            batches.Add(TestBatch.Seal(next, events, metadataSize, epoch, durable, TestBatch.Start, moreFollows, before));
            next = batches[^1].LastId.Next;
        }

        return batches;
    }

    private static DataFolder Take(ImageDisk disk)
    {
        var data = DataFolder.Take(disk, "/data");
        disk.CreateFolder(Path.GetDirectoryName(Folder)!);
        disk.CreateFolder(Folder);
        return data;
    }

    private static void FlushParents(ImageDisk disk)
    {
        disk.FlushFolder("/data/streams");
        disk.FlushFolder("/data/streams/orders");
    }

    private static LogContext Context(ImageDisk disk, DiskThreads threads, Durability durability)
    {
        var options = new FileLogOptions
        {
            SegmentSizeBytes = FileLogOptions.MinSegmentSizeBytes,
            IndexIntervalBytes = 1024,
            Durability = durability,
        };
        return new LogContext(disk, new FileCache(64), new IndexCache(16), threads, Reads, options, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        folder.Dispose();
    }
}
