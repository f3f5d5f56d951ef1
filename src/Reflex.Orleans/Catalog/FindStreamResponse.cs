namespace Reflex.Orleans.Catalog;

/// <summary>The stream that was asked for.</summary>
/// <param name="Stream">Its definition; null when there is none of that name.</param>
/// <param name="Life">
/// Its id among the streams of its name; null when there is none, or it was defined by an older version.
/// </param>
[GenerateSerializer, Immutable, Alias("reflex.FindStreamResponse")]
internal sealed record FindStreamResponse([property: Id(0)] StreamEntry? Stream, [property: Id(1)] Guid? Life);
