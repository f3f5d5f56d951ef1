using System.Collections.Immutable;

namespace Reflex.Orleans.Spread;

/// <summary>Some of this silo's partitions and consumers are to go to others.</summary>
[GenerateSerializer, Immutable, Alias("reflex.MoveRequest")]
internal sealed record MoveRequest([property: Id(0)] ImmutableArray<MoveOrder> Orders);
