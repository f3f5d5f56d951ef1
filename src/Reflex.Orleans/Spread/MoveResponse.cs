namespace Reflex.Orleans.Spread;

/// <summary>How many have gone.</summary>
[GenerateSerializer, Immutable, Alias("reflex.MoveResponse")]
internal sealed record MoveResponse([property: Id(0)] int Partitions, [property: Id(1)] int Consumers);
