using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>A commit that failed: the storage is away, or refuses.</summary>
/// <param name="Partition">Whose events weren't made durable, as far as is known.</param>
/// <param name="Reason">Why, as clients may read it.</param>
public sealed record CommitFailure(PartitionId Partition, string Reason)
{
    internal CommitFailure(PartitionId partition, string reason, long at)
        : this(partition, reason) => At = at;

    /// <summary>When, as the clock of <see cref="CommitTimes"/> counts.</summary>
    internal long At { get; }
}
