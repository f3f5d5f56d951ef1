namespace Reflex.Orleans.Catalog;

/// <summary>A consumer is to be removed: from now on nobody finds it.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Consumer">Its name.</param>
/// <param name="Continued">
/// The removal that is to be gone on with, and no other; null begins one, or goes on with the one that there is.
/// </param>
[GenerateSerializer, Immutable, Alias("reflex.BeginRemovalRequest")]
internal sealed record BeginRemovalRequest(
    [property: Id(0)] string Stream, [property: Id(1)] string Consumer, [property: Id(2)] Guid? Continued);
