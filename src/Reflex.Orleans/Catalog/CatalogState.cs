namespace Reflex.Orleans.Catalog;

/// <summary>
/// The catalog as one record, which versions before kept it in. It is only read: what is in it goes for streams of which no part is stored.
/// </summary>
[GenerateSerializer, Alias("reflex.CatalogState")]
internal sealed class CatalogState
{
    /// <summary>The type of the grain whose state it is.</summary>
    public const string GrainType = "reflex.catalog";

    /// <summary>The name of the state in grain storage.</summary>
    public const string StateName = "catalog";

    [Id(0)]
    public List<StreamEntry> Streams { get; set; } = [];

    /// <summary>The consumers that run outside the cluster.</summary>
    [Id(1)]
    public List<ConsumerEntry> Consumers { get; set; } = [];

    /// <summary>Whether programs that know only this record are kept from using it: the streams have parts of their own.</summary>
    [Id(2)]
    public bool IsFormer { get; set; }
}
