using Microsoft.Extensions.DependencyInjection;

namespace Reflex.Orleans.Tests.Support;

/// <summary>The consumers of the silos of a <see cref="TestCluster"/>.</summary>
internal static class ClusterConsumers
{
    /// <summary>Registers <c>orders/printer</c>, a class.</summary>
    public static IReflexBuilder AddSeeing(this IReflexBuilder reflex, Seen seen)
    {
        reflex.Services.AddSingleton(seen);
        return reflex.AddConsumer<SeeingConsumer>("printer", "orders");
    }

    /// <summary>Registers <c>orders/other</c>, a class.</summary>
    public static IReflexBuilder AddOther(this IReflexBuilder reflex, OtherSeen seen)
    {
        reflex.Services.AddSingleton(seen);
        return reflex.AddConsumer<OtherConsumer>("other", "orders");
    }
}
