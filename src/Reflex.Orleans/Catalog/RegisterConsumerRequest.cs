namespace Reflex.Orleans.Catalog;

/// <summary>A consumer that runs outside the cluster, whose name is to be kept.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RegisterConsumerRequest")]
internal sealed record RegisterConsumerRequest([property: Id(0)] string Stream, [property: Id(1)] string Consumer);
