namespace Reflex.Orleans.Spread;

/// <summary>A grain is in the silo that its key names.</summary>
internal sealed class OwnSiloPlacement : PlacementStrategy;
