namespace Reflex.Orleans.Catalog;

/// <summary>Streams are asked for, in the order of their names.</summary>
/// <param name="After">The name after which they begin, which needn't be there; null for all.</param>
/// <param name="Most">How many at most; 0 for all.</param>
[GenerateSerializer, Immutable, Alias("reflex.ListStreamsRequest")]
internal sealed record ListStreamsRequest([property: Id(0)] string? After = null, [property: Id(1)] int Most = 0);
