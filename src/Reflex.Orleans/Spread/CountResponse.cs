using System.Collections.Immutable;

namespace Reflex.Orleans.Spread;

/// <summary>What this silo has.</summary>
/// <param name="Load">How many.</param>
/// <param name="Movable">How many of its consumers each of the other silos could run.</param>
[GenerateSerializer, Immutable, Alias("reflex.CountResponse")]
internal sealed record CountResponse(
    [property: Id(0)] SiloLoad Load, [property: Id(1)] ImmutableArray<MovableConsumers> Movable);
