namespace Reflex.Orleans.Catalog;

/// <summary>Which consumer is asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.FindConsumerRequest")]
internal sealed record FindConsumerRequest([property: Id(0)] string Stream, [property: Id(1)] string Consumer);
