using Reflex.Orleans.Serialization;

namespace Reflex.Orleans.Partitions;

/// <summary>A page on its way to a reader.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PageResponse")]
internal sealed record PageResponse(
    [property: Id(0)] Blocks Blocks,
    [property: Id(1)] long Oldest,
    [property: Id(2)] long Head);
