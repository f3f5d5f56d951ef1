namespace Reflex.Orleans.Partitions;

/// <summary>The partition's log is deleted, durably.</summary>
[GenerateSerializer, Immutable, Alias("reflex.DeleteResponse")]
internal sealed record DeleteResponse
{
    public static DeleteResponse Instance { get; } = new();
}
