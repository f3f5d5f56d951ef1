using Orleans.Placement;
using Orleans.Runtime.Placement;
using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.Consumers;

/// <summary>Finds the silos that have registered a consumer under the type of its grain.</summary>
internal sealed class RunnableOnlyDirector(PublishedConsumers published) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(
        PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var grain = target.GrainIdentity;
        return ConsumerKey.TryParse(grain.Key.ToString()!) is { } key
            ? silos.Where(silo => published.CanRun(silo, key.ConsumerId, grain.Type))
            : silos;
    }
}
