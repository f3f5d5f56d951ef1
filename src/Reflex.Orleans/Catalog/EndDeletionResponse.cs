namespace Reflex.Orleans.Catalog;

/// <summary>The name is free.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EndDeletionResponse")]
internal sealed record EndDeletionResponse
{
    public static EndDeletionResponse Instance { get; } = new();
}
