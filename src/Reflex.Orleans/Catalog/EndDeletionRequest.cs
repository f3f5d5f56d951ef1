namespace Reflex.Orleans.Catalog;

/// <summary>Nothing is left of a stream that was to be deleted, but its name.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EndDeletionRequest")]
internal sealed record EndDeletionRequest([property: Id(0)] string Stream);
