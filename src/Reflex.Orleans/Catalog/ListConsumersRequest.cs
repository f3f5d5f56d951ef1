namespace Reflex.Orleans.Catalog;

/// <summary>All consumers are asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.ListConsumersRequest")]
internal sealed record ListConsumersRequest
{
    public static ListConsumersRequest Instance { get; } = new();
}
