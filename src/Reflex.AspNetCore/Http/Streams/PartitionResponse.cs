using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>What a partition holds.</summary>
/// <param name="Partition">From 0.</param>
/// <param name="Oldest">The oldest retained event; null when there is none.</param>
/// <param name="Head">The newest event; 0 when there never was one.</param>
/// <param name="Bytes">In its storage.</param>
internal sealed record PartitionResponse(int Partition, string? Oldest, string Head, long Bytes)
{
    public static PartitionResponse From(PartitionStatus status) => new(
        status.Partition, status.Oldest > status.Head ? null : status.Oldest.ToString(), status.Head.ToString(), status.Bytes);
}
