using Reflex.Streams;

namespace Reflex.Diagnostics;

/// <summary>A partition that can't be used, or not all of it.</summary>
/// <param name="Partition">Which one.</param>
/// <param name="Error">Why, in a sentence that clients may read; the log of the process tells more.</param>
public sealed record FailedPartition(PartitionId Partition, string Error);
