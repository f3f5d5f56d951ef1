using Reflex.Consumers;

namespace Reflex.Orleans.Catalog;

/// <summary>A consumer and the type of its grains.</summary>
/// <param name="Stream">The stream that it consumes.</param>
/// <param name="Name">Its name.</param>
/// <param name="GrainType">The type of the grains that run it, or keep its cursor.</param>
/// <param name="IsUnregistered">Whether the cluster has run it and no silo can now.</param>
[GenerateSerializer, Immutable, Alias("reflex.ConsumerEntry")]
internal sealed record ConsumerEntry(
    [property: Id(0)] string Stream,
    [property: Id(1)] string Name,
    [property: Id(2)] string GrainType,
    [property: Id(3)] bool IsUnregistered = false)
{
    public ConsumerId ToId() => new(Stream, Name);
}
