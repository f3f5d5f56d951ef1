using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>What a verification has found of one partition.</summary>
/// <param name="Partition">The partition that was read through.</param>
/// <param name="Segments">How many segments its log has.</param>
/// <param name="Oldest">The oldest event; one more than <paramref name="Head"/> when there is none.</param>
/// <param name="Head">The newest event of an append that is whole.</param>
/// <param name="Events">How many undamaged events there are: all from oldest to head, if the log is sound.</param>
/// <param name="Bytes">What it takes in its storage, in bytes.</param>
/// <param name="Findings">What isn't as it should be, in the log's order; empty when all is.</param>
public sealed record LogVerification(
    PartitionId Partition, int Segments, EventId Oldest, EventId Head, long Events, long Bytes, IReadOnlyList<LogFinding> Findings)
{
    /// <summary>What lies beside the log and isn't its own, in sentences: no fault. Empty when nothing does.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Which epochs the events have, in their order; the first entry may be of the event before the oldest. Empty when nothing is known of
    /// that.
    /// </summary>
    public IReadOnlyList<EpochStart> Epochs { get; init; } = [];

    /// <summary>Whether something is damaged, so that the log can't be opened or events in it can't be read.</summary>
    public bool IsDamaged => Findings.Any(finding => finding.IsDamage);

    /// <summary>Whether all that is damaged may as well be of different moments; see <see cref="LogFinding.MayBeOfMoments"/>.</summary>
    public bool MayBeOfMoments => IsDamaged && Findings.All(finding => !finding.IsDamage || finding.MayBeOfMoments);

    /// <summary>The epoch of an event.</summary>
    /// <param name="id">The event.</param>
    /// <returns>Its epoch; null when the log doesn't have it, or it is damaged, or is of a format that doesn't say it.</returns>
    public long? EpochOf(EventId id) =>
        id <= Head && Epochs.LastOrDefault(start => start.First <= id) is { Epoch: not 0 } found ? found.Epoch : null;
}
