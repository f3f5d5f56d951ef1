namespace Reflex.Orleans.Catalog;

/// <summary>Who runs a consumer.</summary>
internal enum ConsumerKind
{
    /// <summary>Nobody: there is no consumer of that name.</summary>
    Unknown,

    /// <summary>The cluster's own grains.</summary>
    OfTheCluster,

    /// <summary>Somebody outside, for whom the cluster keeps the cursor.</summary>
    Outside,

    /// <summary>Nobody: the cluster has run it, keeps its cursor, and has no silo now that can run it.</summary>
    Unregistered,
}
