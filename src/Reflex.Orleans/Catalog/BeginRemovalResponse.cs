namespace Reflex.Orleans.Catalog;

/// <summary>Where there is something to remove.</summary>
/// <param name="Partitions">The partitions of its stream; 0 when there is no such consumer, and none that is being removed.</param>
/// <param name="Removal">By what the removal is told from another one of that name.</param>
[GenerateSerializer, Immutable, Alias("reflex.BeginRemovalResponse")]
internal sealed record BeginRemovalResponse([property: Id(0)] int Partitions, [property: Id(1)] Guid Removal);
