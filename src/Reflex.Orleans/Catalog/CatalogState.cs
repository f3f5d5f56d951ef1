namespace Reflex.Orleans.Catalog;

/// <summary>What is stored of the catalog.</summary>
[GenerateSerializer, Alias("reflex.CatalogState")]
internal sealed class CatalogState
{
    /// <summary>The type of the grain whose state it is.</summary>
    public const string GrainType = "reflex.catalog";

    /// <summary>The name of the state in grain storage.</summary>
    public const string StateName = "catalog";

    [Id(0)]
    public List<StreamEntry> Streams { get; set; } = [];

    /// <summary>The consumers that run outside the cluster: after a restart no code registers them.</summary>
    [Id(1)]
    public List<ConsumerEntry> Consumers { get; set; } = [];
}
