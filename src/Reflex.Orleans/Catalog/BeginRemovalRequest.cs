namespace Reflex.Orleans.Catalog;

/// <summary>A consumer is to be removed: from now on nobody finds it.</summary>
[GenerateSerializer, Immutable, Alias("reflex.BeginRemovalRequest")]
internal sealed record BeginRemovalRequest([property: Id(0)] string Stream, [property: Id(1)] string Consumer);
