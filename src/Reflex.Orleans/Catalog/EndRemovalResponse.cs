namespace Reflex.Orleans.Catalog;

/// <summary>The name is free.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EndRemovalResponse")]
internal sealed record EndRemovalResponse
{
    public static EndRemovalResponse Instance { get; } = new();
}
