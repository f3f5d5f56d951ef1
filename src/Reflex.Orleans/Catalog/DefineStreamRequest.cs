namespace Reflex.Orleans.Catalog;

/// <summary>A stream is to be defined, or to get another retention.</summary>
/// <param name="Stream">Its name, partition count and retention.</param>
/// <param name="KeepsStoredRetention">Whether one that there is keeps the retention that it has.</param>
[GenerateSerializer, Immutable, Alias("reflex.DefineStreamRequest")]
internal sealed record DefineStreamRequest([property: Id(0)] StreamEntry Stream, [property: Id(1)] bool KeepsStoredRetention);
