using Orleans.Runtime.Placement;

namespace Reflex.Orleans.Tests.Support;

/// <summary>Places a grain in the silo that calls it, so that a test knows where it is.</summary>
internal sealed class LocalPlacement : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(context.LocalSilo);
}
