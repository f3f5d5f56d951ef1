namespace Reflex.Cluster.Tests.History;

/// <summary>A consumer's cursor as PostgreSQL had it.</summary>
/// <param name="Consumer">The consumer.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Id">The event that it names.</param>
/// <param name="At">When that was known, by <see cref="Clock"/>.</param>
internal readonly record struct StoredMove(string Consumer, int Partition, long Id, long At);
