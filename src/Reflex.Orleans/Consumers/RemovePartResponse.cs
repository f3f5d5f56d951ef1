namespace Reflex.Orleans.Consumers;

/// <summary>Nothing is stored of the consumer on the partition, or the removal has ended already.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RemovePartResponse")]
internal sealed record RemovePartResponse
{
    public static RemovePartResponse Instance { get; } = new();
}
