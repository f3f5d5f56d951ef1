using System.Collections.Immutable;

namespace Reflex.Orleans.Spread;

/// <summary>How many partitions and consumers does this silo have?</summary>
/// <param name="Known">What was counted last in all silos, by which this one places new grains.</param>
/// <param name="Silos">Where some of the consumers might go.</param>
[GenerateSerializer, Immutable, Alias("reflex.CountRequest")]
internal sealed record CountRequest(
    [property: Id(0)] ImmutableArray<SiloLoad> Known, [property: Id(1)] ImmutableArray<SiloAddress> Silos);
