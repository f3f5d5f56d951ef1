using Orleans.Placement;

namespace Reflex.Orleans.Spread;

/// <inheritdoc cref="OwnSiloPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OwnSiloPlacementAttribute() : PlacementAttribute(new OwnSiloPlacement());
