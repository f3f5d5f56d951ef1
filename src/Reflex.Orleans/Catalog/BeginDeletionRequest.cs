namespace Reflex.Orleans.Catalog;

/// <summary>A stream is to be deleted: from now on nobody finds it.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Continued">
/// The deletion that is to be gone on with, and no other; null begins one, or goes on with the one that there is.
/// </param>
[GenerateSerializer, Immutable, Alias("reflex.BeginDeletionRequest")]
internal sealed record BeginDeletionRequest([property: Id(0)] string Stream, [property: Id(1)] Guid? Continued);
