using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.Consumers;

/// <summary>A consumer is to end on a partition, and what is stored of it there is to go.</summary>
/// <param name="Removal">
/// The deletion of the stream, or the removal of the consumer, that this is a part of. When that has ended, nothing is to go any more.
/// </param>
[GenerateSerializer, Immutable, Alias("reflex.RemovePartRequest")]
internal sealed record RemovePartRequest([property: Id(0)] UnfinishedRemoval Removal);
