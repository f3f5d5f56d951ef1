namespace Reflex.Orleans.Catalog;

/// <summary>Whether something is still to go.</summary>
/// <param name="Removal">The deletion or removal that is asked about.</param>
[GenerateSerializer, Immutable, Alias("reflex.ConfirmRemovalRequest")]
internal sealed record ConfirmRemovalRequest([property: Id(0)] UnfinishedRemoval Removal);
