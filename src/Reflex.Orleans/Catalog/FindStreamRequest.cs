namespace Reflex.Orleans.Catalog;

/// <summary>Which stream is asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.FindStreamRequest")]
internal sealed record FindStreamRequest([property: Id(0)] string Stream);
