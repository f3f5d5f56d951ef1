namespace Reflex.Orleans.Consumers;

/// <summary>How far a consumer is on a partition is asked.</summary>
[GenerateSerializer, Immutable, Alias("reflex.GetStatusRequest")]
internal sealed record GetStatusRequest
{
    public static GetStatusRequest Instance { get; } = new();
}
