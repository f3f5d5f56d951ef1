namespace Reflex.Orleans.Upkeep;

/// <summary>A stream is to be deleted, with its events and its consumers' cursors.</summary>
/// <param name="Continued">The deletion that is to be gone on with, and no other; null begins one.</param>
[GenerateSerializer, Immutable, Alias("reflex.DeleteStreamRequest")]
internal sealed record DeleteStreamRequest([property: Id(0)] Guid? Continued = null);
