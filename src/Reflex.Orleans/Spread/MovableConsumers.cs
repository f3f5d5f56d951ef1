namespace Reflex.Orleans.Spread;

/// <summary>How many consumers of one silo another one could run.</summary>
[GenerateSerializer, Immutable, Alias("reflex.MovableConsumers")]
internal sealed record MovableConsumers([property: Id(0)] SiloAddress To, [property: Id(1)] int Count);
