using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>How long a commit took, or takes.</summary>
/// <param name="Partition">Whose events it makes durable.</param>
/// <param name="Time">How long.</param>
public sealed record CommitTime(PartitionId Partition, TimeSpan Time);
