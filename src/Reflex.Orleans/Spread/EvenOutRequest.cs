namespace Reflex.Orleans.Spread;

/// <summary>It is time to look whether partitions and consumers are evenly spread.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EvenOutRequest")]
internal sealed record EvenOutRequest
{
    public static EvenOutRequest Instance { get; } = new();
}
