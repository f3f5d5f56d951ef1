namespace Reflex.Cluster.Tests.History;

/// <summary>An event as a consumer has handled it.</summary>
/// <param name="Life">The number of the silo's life.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Id">The event.</param>
/// <param name="At">When, by <see cref="Clock"/>.</param>
internal readonly record struct HandledEvent(int Life, int Partition, long Id, long At);
