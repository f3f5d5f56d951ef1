namespace Reflex.Orleans.Partitions;

/// <summary>What a partition holds is asked.</summary>
[GenerateSerializer, Immutable, Alias("reflex.GetBoundsRequest")]
internal sealed record GetBoundsRequest
{
    public static GetBoundsRequest Instance { get; } = new();
}
