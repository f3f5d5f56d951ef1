namespace Reflex.Orleans.Catalog;

/// <summary>Consumers are asked for whose names are next to one that isn't there.</summary>
[GenerateSerializer, Immutable, Alias("reflex.SampleConsumersRequest")]
internal sealed record SampleConsumersRequest([property: Id(0)] string Stream, [property: Id(1)] string Consumer);
