namespace Reflex.Storage.FileLog;

/// <summary>Where and how the file log stores events.</summary>
public sealed class FileLogOptions
{
    /// <summary>The smallest <see cref="SegmentSizeBytes"/>.</summary>
    public const int MinSegmentSizeBytes = 4 * 1024;

    /// <summary>The largest <see cref="SegmentSizeBytes"/>.</summary>
    public const int MaxSegmentSizeBytes = 1024 * 1024 * 1024;

    /// <summary>The data folder. It is made if it doesn't exist; its parent must. One process at a time uses it.</summary>
    /// <value>A path, relative to the working directory or absolute. The default is <c>data</c>. Not empty.</value>
    public string Path { get; set; } = "data";

    /// <summary>
    /// The size at which a partition begins a new segment file. Retention removes whole segments, and never the newest one; a
    /// start after a power cut reads at most one of them. A batch larger than this gets a segment of its own.
    /// </summary>
    /// <value>In bytes. The default is 64 MiB, a second of a fast disk's work. At least 4 KiB, at most 1 GiB.</value>
    public int SegmentSizeBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How far apart the entries of a segment's index are: what a reader passes over at most before it finds its event.
    /// </summary>
    /// <value>In bytes. The default is 64 KiB, the usual page of a reader. At least 1 KiB.</value>
    public int IndexIntervalBytes { get; set; } = 64 * 1024;

    /// <summary>When an append is done. <see cref="Durability.Buffered"/> loses acknowledged events in a power cut.</summary>
    /// <value>The default is <see cref="Durability.Flushed"/>.</value>
    public Durability Durability { get; set; } = Durability.Flushed;

    /// <summary>Who may use the data folder and what is in it, beside the process itself.</summary>
    /// <value>
    /// The default is <see cref="DataAccess.Owner"/>: nobody. A start changes what was made otherwise, and warns of what belongs to
    /// somebody else.
    /// </value>
    public DataAccess Access { get; set; } = DataAccess.Owner;

    /// <summary>How many files all partitions together keep open; the rest are opened again when they are needed.</summary>
    /// <value>
    /// From 16 to the process' limit of open files. The default, null, follows that limit: it is three eighths of what the limit
    /// leaves beside 384 for the runtime, at least 16 and at most 1,024. A partition in use takes three; connections take the rest.
    /// </value>
    public int? MaxOpenFiles { get; set; }

    /// <summary>
    /// How many partitions write and flush at the same time; beyond it they take turns. What has to be read from the disk has other
    /// threads: a quarter of <see cref="MaxOpenFiles"/>, from 4 to 16.
    /// </summary>
    /// <value>A number of threads, started as they are needed. The default is 8. From 1 to 256.</value>
    public int MaxDiskThreads { get; set; } = 8;
}
