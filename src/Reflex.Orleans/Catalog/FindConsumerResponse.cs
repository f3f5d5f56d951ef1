namespace Reflex.Orleans.Catalog;

/// <summary>The consumer that was asked for; null when there is none of that name.</summary>
[GenerateSerializer, Immutable, Alias("reflex.FindConsumerResponse")]
internal sealed record FindConsumerResponse([property: Id(0)] ConsumerEntry? Consumer);
