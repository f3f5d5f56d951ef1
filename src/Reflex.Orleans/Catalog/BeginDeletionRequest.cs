namespace Reflex.Orleans.Catalog;

/// <summary>A stream is to be deleted: from now on nobody finds it.</summary>
[GenerateSerializer, Immutable, Alias("reflex.BeginDeletionRequest")]
internal sealed record BeginDeletionRequest([property: Id(0)] string Stream);
