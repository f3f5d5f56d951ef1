using Orleans.Runtime.Placement;

namespace Reflex.Orleans.Spread;

/// <inheritdoc cref="OwnSiloPlacement"/>
internal sealed class OwnSiloDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"The silo {silo} isn't there, or is of a version that doesn't count what it has.");
    }
}
