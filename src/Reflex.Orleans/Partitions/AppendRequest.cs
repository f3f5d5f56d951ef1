namespace Reflex.Orleans.Partitions;

/// <summary>Batches on their way to a partition: by reference within a silo, as raw bytes between processes.</summary>
[GenerateSerializer, Immutable, Alias("reflex.AppendRequest")]
internal sealed record AppendRequest([property: Id(0)] ReadOnlyMemory<byte>[] Batches);
