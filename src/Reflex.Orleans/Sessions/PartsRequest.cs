using System.Collections.Immutable;

namespace Reflex.Orleans.Sessions;

/// <summary>Which parts of a consumer are asked about.</summary>
[GenerateSerializer, Immutable, Alias("reflex.PartsRequest")]
internal sealed record PartsRequest(
    [property: Id(0)] string Stream,
    [property: Id(1)] string Consumer,
    [property: Id(2)] ImmutableArray<int> Partitions);
