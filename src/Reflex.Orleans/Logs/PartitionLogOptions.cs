using Reflex.Storage;

namespace Reflex.Orleans.Logs;

/// <summary>The bounds of a partition in memory.</summary>
public sealed class PartitionLogOptions
{
    private const int RecentShare = 8;
    private const long LeastTotalRecentBytes = 32 * 1024 * 1024;

    private RecentBudget? _recentBudget;

    /// <summary>How much may wait to be appended to a partition; beyond it an append fails with <see cref="LogBusyException"/>.</summary>
    /// <value>In bytes. The default is 64 MiB, a second or so of a disk's work. Positive.</value>
    public long MaxQueuedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How much is written and flushed at once; an append larger than this is written alone.</summary>
    /// <value>In bytes. The default is 8 MiB: far more doesn't make a flush better value. Positive.</value>
    public long MaxGroupBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How much of its newest events a partition keeps in memory for readers near the head.</summary>
    /// <value>In bytes. The default is 1 MiB; 0 keeps nothing. Not negative.</value>
    public long MaxRecentBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How much all partitions of the process may keep of that together. When it is more, those that were used least lately give up
    /// theirs, and their readers read from the log.
    /// </summary>
    /// <value>
    /// In bytes. The default is null: an eighth of the memory that the process may use, and at least 32 MiB. Otherwise not negative; 0
    /// keeps nothing. Read when the first partition opens.
    /// </value>
    public long? MaxTotalRecentBytes { get; set; }

    /// <summary>
    /// How often an owner at which readers only wait asks whether a newer one has opened the log: a replaced owner is noticed within
    /// this time. Without waiting readers nothing is asked.
    /// </summary>
    /// <value>The default is 5 seconds: each time costs one small read of the storage. 100 milliseconds to 1 hour.</value>
    public TimeSpan OwnerCheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What the partitions with these options share.</summary>
    internal RecentBudget RecentBudget => LazyInitializer.EnsureInitialized(
        ref _recentBudget, () => new RecentBudget(MaxTotalRecentBytes ?? DefaultTotalRecentBytes()));

    private static long DefaultTotalRecentBytes() =>
        Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / RecentShare, LeastTotalRecentBytes);
}
