namespace Reflex.Orleans.Catalog;

/// <summary>What is stored of a deletion or removal.</summary>
/// <param name="IsUnfinished">Whether it is the one that its stream or consumer is under, and hasn't ended.</param>
[GenerateSerializer, Immutable, Alias("reflex.ConfirmRemovalResponse")]
internal sealed record ConfirmRemovalResponse([property: Id(0)] bool IsUnfinished);
