namespace Reflex.Streams;

/// <summary>A stream and what it holds.</summary>
/// <param name="Definition">What it is.</param>
/// <param name="Partitions">Its partitions in their order.</param>
public sealed record StreamStatus(StreamDefinition Definition, IReadOnlyList<PartitionStatus> Partitions);
