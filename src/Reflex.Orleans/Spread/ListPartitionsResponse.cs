using System.Collections.Immutable;

namespace Reflex.Orleans.Spread;

/// <summary>The partitions of this silo, such as <c>orders/3</c>.</summary>
[GenerateSerializer, Immutable, Alias("reflex.ListPartitionsResponse")]
internal sealed record ListPartitionsResponse([property: Id(0)] ImmutableArray<string> Partitions);
