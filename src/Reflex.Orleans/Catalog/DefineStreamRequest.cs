namespace Reflex.Orleans.Catalog;

/// <summary>A stream to define.</summary>
[GenerateSerializer, Immutable, Alias("reflex.DefineStreamRequest")]
internal sealed record DefineStreamRequest([property: Id(0)] StreamEntry Stream);
