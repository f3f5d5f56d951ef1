using System.Globalization;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>One segment file of a log, and what is known about it. Reads may run beside everything else.</summary>
internal sealed class Segment(string folder, long baseId, FileCache cache, IFileLayer layer) : IDisposable
{
    public const string FileExtension = ".log";
    public const string IndexExtension = ".idx";
    public const string UnfinishedExtension = ".tmp";

    private const long Unknown = -1;

    private SegmentIndex? _index;
    private long _lastAppendedAt = Unknown;

    public long BaseId => baseId;

    public string Path { get; } = PathOf(folder, baseId, FileExtension);

    public string IndexPath { get; } = PathOf(folder, baseId, IndexExtension);

    /// <summary>The file, open while it is used.</summary>
    public CachedFile File { get; } =
        new(cache, layer, PathOf(folder, baseId, FileExtension), FileOpening.Write);

    /// <summary>What the file's first bytes say; null until they were read.</summary>
    public SegmentHeader? Header { get; set; }

    /// <summary>What the two files take on the disk, in bytes.</summary>
    public long DiskBytes { get; set; }

    /// <summary>Where its batches end; of the newest segment <see cref="Partitions.LogState"/> knows that.</summary>
    public long End { get; set; }

    /// <summary>When its newest batch was appended, in ticks since 1970; null until somebody asked.</summary>
    public long? LastAppendedAt
    {
        // Readers learn it while a trim asks. A nullable is two fields, of which the trim could see one without the other.
        get => Volatile.Read(ref _lastAppendedAt) is var ticks and not Unknown ? ticks : null;
        set => Volatile.Write(ref _lastAppendedAt, value ?? Unknown);
    }

    /// <summary>The index, while it is in memory.</summary>
    public SegmentIndex? Index
    {
        get => Volatile.Read(ref _index);
        set => Volatile.Write(ref _index, value);
    }

    /// <summary>The place in the cache of indexes; the cache's own.</summary>
    internal LinkedListNode<Segment>? Node { get; set; }

    public static string PathOf(string folder, long baseId, string extension) =>
        System.IO.Path.Combine(folder, baseId.ToString("D20", CultureInfo.InvariantCulture) + extension);

    public void Dispose() => File.Dispose();
}
