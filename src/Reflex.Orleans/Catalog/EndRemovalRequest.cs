namespace Reflex.Orleans.Catalog;

/// <summary>Nothing is left of a consumer that was to be removed, but its name.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EndRemovalRequest")]
internal sealed record EndRemovalRequest([property: Id(0)] string Stream, [property: Id(1)] string Consumer);
