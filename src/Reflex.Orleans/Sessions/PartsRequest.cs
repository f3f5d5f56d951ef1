using System.Collections.Immutable;

namespace Reflex.Orleans.Sessions;

/// <summary>Which parts of a consumer are asked about.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Consumer">Its name.</param>
/// <param name="Partitions">The partitions of the parts.</param>
/// <param name="IsUnregistered">Whether the cluster has run it, and no silo can now.</param>
[GenerateSerializer, Immutable, Alias("reflex.PartsRequest")]
internal sealed record PartsRequest(
    [property: Id(0)] string Stream,
    [property: Id(1)] string Consumer,
    [property: Id(2)] ImmutableArray<int> Partitions,
    [property: Id(3)] bool IsUnregistered = false);
