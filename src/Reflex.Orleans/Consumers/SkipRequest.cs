namespace Reflex.Orleans.Consumers;

/// <summary>The event that a consumer is to go past.</summary>
[GenerateSerializer, Immutable, Alias("reflex.SkipRequest")]
internal sealed record SkipRequest([property: Id(0)] long Event);
