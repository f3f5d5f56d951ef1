namespace Reflex.Orleans.Spread;

/// <summary>Which partitions does this silo have?</summary>
[GenerateSerializer, Immutable, Alias("reflex.ListPartitionsRequest")]
internal sealed record ListPartitionsRequest
{
    public static ListPartitionsRequest Instance { get; } = new();
}
