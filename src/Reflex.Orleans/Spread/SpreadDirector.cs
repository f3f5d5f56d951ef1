using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.Spread;

/// <summary>Places partitions and consumers where the fewest are; all other grains that Orleans places at random as Orleans does.</summary>
/// <remarks>
/// It stands in for Orleans' director and isn't a strategy of its own, whose name would be in what a silo publishes of its grains: silos
/// of an older version couldn't place them any more.
/// </remarks>
internal sealed class SpreadDirector(
    IPlacementDirector inner, SiloLoads loads, PublishedConsumers published, IClusterMembershipService membership) : IPlacementDirector
{
    /// <summary>The type of the grains of partitions.</summary>
    public const string PartitionType = "reflex.partition";

    private static readonly GrainType Partition = GrainType.Create(PartitionType);

    /// <summary>Takes the place of the director that is there.</summary>
    public static void Add(IServiceCollection services)
    {
        var former = services.Last(service => service.IsKeyedService
            && service.ServiceType == typeof(IPlacementDirector)
            && Equals(service.ServiceKey, typeof(RandomPlacement)));
        services.AddKeyedSingleton<IPlacementDirector>(
            typeof(RandomPlacement),
            (provider, key) => ActivatorUtilities.CreateInstance<SpreadDirector>(provider, Make(former, provider, key)));
    }

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        if (KindOf(target.GrainIdentity.Type) is not { } kind)
        {
            return inner.OnAddActivation(strategy, target, context);
        }

        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        // One that stops is among them for a moment longer, in its own eyes too.
        var members = membership.CurrentSnapshot;
        var active = Array.FindAll(silos, silo => members.GetSiloStatus(silo) == SiloStatus.Active);
        return Task.FromResult(loads.TakeLeast(kind, active.Length > 0 ? active : silos));
    }

    private MovableKind? KindOf(GrainType type) => type == Partition ? MovableKind.Partition
        : published.IsConsumer(type) ? MovableKind.Consumer
        : null;

    private static IPlacementDirector Make(ServiceDescriptor service, IServiceProvider provider, object? key) =>
        (IPlacementDirector)(service.KeyedImplementationInstance
            ?? service.KeyedImplementationFactory?.Invoke(provider, key)
            ?? ActivatorUtilities.CreateInstance(provider, service.KeyedImplementationType!));
}
