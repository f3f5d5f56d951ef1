using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Partitions;

/// <summary>Batches on their way to a partition.</summary>
[GenerateSerializer, Immutable, Alias("reflex.AppendRequest")]
internal sealed record AppendRequest([property: Id(0)] Blocks Batches);
