namespace Reflex.Orleans.Partitions;

/// <summary>A page on its way to a reader: by reference within a silo, as raw bytes between processes.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PageResponse")]
internal sealed record PageResponse(
    [property: Id(0)] ReadOnlyMemory<byte>[] Blocks,
    [property: Id(1)] long Oldest,
    [property: Id(2)] long Head);
