using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Copying.Logs;

/// <summary>What the target holds in the place of what the source has.</summary>
/// <param name="Partition">Where they differ.</param>
/// <param name="Expected">What the source has.</param>
/// <param name="Found">What the target has.</param>
internal sealed record Difference(PartitionId Partition, string Expected, string Found)
{
    /// <summary>That there is something else in the target, which is left as it is.</summary>
    public StorageRefusedException ToRefusal(string place) => new(
        $"The target, {place}, holds something else than the source in {Partition}: expected {Expected}, found {Found}; "
        + "copy to an empty one.");

    /// <summary>That what was copied isn't there.</summary>
    public LogCorruptedException ToDamage(string place) => new(
        $"The copy in {place} isn't what was written to it in {Partition}: expected {Expected}, found {Found}; "
        + "copy again, to an empty target.");

    /// <summary>Events as a difference tells of them.</summary>
    public static string Tell(EventBatch batch) =>
        $"events {batch.BaseId} to {batch.LastId} of life {batch.Epoch:x}, appended at {batch.AppendedAt:O}";

    /// <summary>What a log holds as a difference tells of it.</summary>
    public static string Tell(LogBounds bounds) => bounds.Oldest > bounds.Head
        ? $"no events and the head {bounds.Head} of life {bounds.HeadEpoch:x}"
        : $"events {bounds.Oldest} to {bounds.Head}, the last of life {bounds.HeadEpoch:x}";
}
