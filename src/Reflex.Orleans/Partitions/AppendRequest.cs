using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Partitions;

/// <summary>Batches on their way to a partition.</summary>
/// <param name="Batches">In the order in which they are to be appended.</param>
/// <param name="Partitions">How many partitions the stream has, by which the events' was chosen; 0 from versions that don't say so.</param>
[GenerateSerializer, Immutable, Alias("reflex.AppendRequest")]
internal sealed record AppendRequest([property: Id(0)] Blocks Batches, [property: Id(1)] int Partitions);
