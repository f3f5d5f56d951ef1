namespace Reflex.Orleans.Consumers;

/// <summary>A consumer is to end on a partition, and what is stored of it there is to go.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RemovePartRequest")]
internal sealed record RemovePartRequest
{
    public static RemovePartRequest Instance { get; } = new();
}
