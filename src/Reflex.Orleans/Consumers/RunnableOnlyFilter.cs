using Orleans.Placement;

namespace Reflex.Orleans.Consumers;

/// <summary>The strategy of <see cref="RunnableOnlyAttribute"/>.</summary>
internal sealed class RunnableOnlyFilter() : PlacementFilterStrategy(order: 0);
