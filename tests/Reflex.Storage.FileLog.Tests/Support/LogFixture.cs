using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Owners;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A file log on some disk.</summary>
internal sealed class LogFixture(
    IFileLayer layer, string path, Action<FileLogOptions>? configure = null, Func<long, bool, long>? drawEpoch = null) : IAsyncDisposable
{
    public static readonly PartitionId Partition = new("orders", 3);

    public FakeLogger<FileLogProvider> Logger { get; } = new();

    public FileLogProvider Provider => field ??= new FileLogProvider(Options(), layer, Logger, drawEpoch ?? Count);

    public string PartitionPath => Path.Combine(path, "streams", "orders", "3");

    /// <summary>Draws plain numbers, so that a test can name them.</summary>
    public static long Count(long known, bool isAnyUnknown) => known + (isAnyUnknown ? 2 : 1);

    public IEnumerable<string> Warnings =>
        Logger.Collector.GetSnapshot().Where(record => record.Level >= LogLevel.Warning).Select(record => record.Message);

    public async Task<IEventLog> OpenAsync(PartitionId? partition = null)
    {
        await Provider.StartAsync(TestContext.Current.CancellationToken);
        return await Provider.OpenAsync(partition ?? Partition, TestContext.Current.CancellationToken);
    }

    /// <summary>Deletes what all owners up to now have written.</summary>
    public async Task DeleteAsync(PartitionId? partition = null)
    {
        var (id, token) = (partition ?? Partition, TestContext.Current.CancellationToken);
        await Provider.DeleteAsync(id, await Provider.GetEpochAsync(id, token), token);
    }

    /// <summary>Holds the partition's lock, as another owner does while it works.</summary>
    public OwnerHold HoldPartition(IFileLayer disk) => new OwnerFile(
        new CachedFile(new FileCache(16), disk, Path.Combine(PartitionPath, "owner"), FileOpening.Write)).Hold();

    public string Segment(long baseId) => Path.Combine(PartitionPath, $"{baseId:D20}.log");

    public string Index(long baseId) => Path.Combine(PartitionPath, $"{baseId:D20}.idx");

    public ValueTask DisposeAsync()
    {
        Provider.Dispose();
        return ValueTask.CompletedTask;
    }

    private FileLogOptions Options()
    {
        var options = new FileLogOptions { Path = path, SegmentSizeBytes = 4096, IndexIntervalBytes = 1024 };
        configure?.Invoke(options);
        return options;
    }
}
