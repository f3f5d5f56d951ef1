namespace Reflex.Orleans.Catalog;

/// <summary>What is to be deleted; null when there is no such stream, and none that is being deleted.</summary>
[GenerateSerializer, Immutable, Alias("reflex.BeginDeletionResponse")]
internal sealed record BeginDeletionResponse([property: Id(0)] StoredStream? Stream);
