namespace Reflex.Orleans.Catalog;

/// <summary>All consumers are asked for, or those of a stream.</summary>
/// <param name="Stream">The stream; null for all.</param>
[GenerateSerializer, Immutable, Alias("reflex.ListConsumersRequest")]
internal sealed record ListConsumersRequest([property: Id(0)] string? Stream = null);
