namespace Reflex.Orleans.Spread;

/// <summary>How many partitions and consumers are to go to a silo.</summary>
[GenerateSerializer, Immutable, Alias("reflex.MoveOrder")]
internal sealed record MoveOrder([property: Id(0)] SiloAddress To, [property: Id(1)] int Partitions, [property: Id(2)] int Consumers);
