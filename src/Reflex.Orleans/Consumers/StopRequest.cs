namespace Reflex.Orleans.Consumers;

/// <summary>A consumer is to stop on a partition, for good.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StopRequest")]
internal sealed record StopRequest
{
    public static StopRequest Instance { get; } = new();
}
