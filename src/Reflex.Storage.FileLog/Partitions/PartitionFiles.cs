namespace Reflex.Storage.FileLog.Partitions;

/// <summary>What a partition's folder holds.</summary>
/// <param name="HasOwner">Whether the owner file is there.</param>
/// <param name="Segments">The segments' sizes by base id, in order.</param>
/// <param name="Indexes">The sizes of the segments' indexes by base id.</param>
/// <param name="Leftovers">Files that a crash left unfinished, and indexes of segments that are gone.</param>
/// <param name="Bytes">What all of them take.</param>
/// <param name="Foreign">Names that are somebody else's, which are left alone.</param>
/// <param name="Refused">Names that look like the log's and aren't.</param>
internal sealed record PartitionFiles(
    bool HasOwner,
    SortedList<long, long> Segments,
    Dictionary<long, long> Indexes,
    IReadOnlyList<string> Leftovers,
    long Bytes,
    IReadOnlyList<string> Foreign,
    IReadOnlyList<string> Refused);
