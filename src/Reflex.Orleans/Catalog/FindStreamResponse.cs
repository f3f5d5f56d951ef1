namespace Reflex.Orleans.Catalog;

/// <summary>The stream that was asked for; null when there is none of that name.</summary>
[GenerateSerializer, Immutable, Alias("reflex.FindStreamResponse")]
internal sealed record FindStreamResponse([property: Id(0)] StreamEntry? Stream);
