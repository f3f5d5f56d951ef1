using Orleans.Metadata;
using Orleans.Placement;

namespace Reflex.Orleans.Consumers;

/// <summary>
/// Places a consumer's grains only on silos that have registered it, and spreads them over those, unless the grain's class chooses
/// another placement among them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RunnableOnlyAttribute() : PlacementFilterAttribute(new RunnableOnlyFilter())
{
    public override void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        base.Populate(services, grainClass, grainType, properties);

        // Orleans' default prefers the silo of the caller: of a stream that somebody defines all consumers would be there. A class' own
        // attributes come before those of its base.
        properties.TryAdd(WellKnownGrainTypeProperties.PlacementStrategy, nameof(RandomPlacement));
    }
}
