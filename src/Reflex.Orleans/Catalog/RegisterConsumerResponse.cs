namespace Reflex.Orleans.Catalog;

/// <summary>The name is kept.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RegisterConsumerResponse")]
internal sealed record RegisterConsumerResponse
{
    public static RegisterConsumerResponse Instance { get; } = new();
}
