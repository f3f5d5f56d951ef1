namespace Reflex.Orleans.Client;

/// <summary>Who runs a consumer.</summary>
internal enum ConsumerKind
{
    /// <summary>Nobody: there is no consumer of that name.</summary>
    Unknown,

    /// <summary>The cluster's own grains.</summary>
    OfTheCluster,

    /// <summary>Somebody outside, for whom the cluster keeps the cursor.</summary>
    Outside,
}
