namespace Reflex.Orleans.Catalog;

/// <summary>Streams are asked for whose names are next to one that isn't there.</summary>
[GenerateSerializer, Immutable, Alias("reflex.SampleStreamsRequest")]
internal sealed record SampleStreamsRequest([property: Id(0)] string Near);
