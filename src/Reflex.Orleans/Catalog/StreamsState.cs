namespace Reflex.Orleans.Catalog;

/// <summary>The streams of one stored part of the catalog. Never changed, only replaced: a write may be under way.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StreamsState")]
internal sealed class StreamsState
{
    /// <summary>The type of the grains whose states they are; their keys are the numbers of the parts.</summary>
    public const string GrainType = "reflex.streams";

    /// <summary>The name of the states in grain storage.</summary>
    public const string StateName = "streams";

    [Id(0)]
    public IReadOnlyList<StoredStream> Streams { get; init; } = [];
}
