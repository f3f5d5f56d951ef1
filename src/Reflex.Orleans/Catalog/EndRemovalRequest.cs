namespace Reflex.Orleans.Catalog;

/// <summary>Nothing is left of a consumer that was to be removed, but its name.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Consumer">Its name.</param>
/// <param name="Removal">The removal; of another one nothing is ended.</param>
[GenerateSerializer, Immutable, Alias("reflex.EndRemovalRequest")]
internal sealed record EndRemovalRequest(
    [property: Id(0)] string Stream, [property: Id(1)] string Consumer, [property: Id(2)] Guid Removal);
