namespace Reflex.Orleans.Catalog;

/// <summary>Nothing is left of a stream that was to be deleted, but its name.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Deletion">The deletion; of another one nothing is ended.</param>
[GenerateSerializer, Immutable, Alias("reflex.EndDeletionRequest")]
internal sealed record EndDeletionRequest([property: Id(0)] string Stream, [property: Id(1)] Guid Deletion);
