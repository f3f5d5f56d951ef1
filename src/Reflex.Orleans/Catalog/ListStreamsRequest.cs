namespace Reflex.Orleans.Catalog;

/// <summary>All streams are asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.ListStreamsRequest")]
internal sealed record ListStreamsRequest
{
    public static ListStreamsRequest Instance { get; } = new();
}
