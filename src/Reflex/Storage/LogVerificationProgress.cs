using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>How far a verification is.</summary>
/// <param name="Partition">The partition that is being verified.</param>
/// <param name="Bytes">How much of all partitions was verified, in bytes.</param>
/// <param name="TotalBytes">How much there is, in bytes.</param>
public readonly record struct LogVerificationProgress(PartitionId Partition, long Bytes, long TotalBytes);
