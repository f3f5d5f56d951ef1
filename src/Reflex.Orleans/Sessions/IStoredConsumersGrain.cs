using Orleans.Concurrency;

namespace Reflex.Orleans.Sessions;

/// <summary>
/// Reads what is stored of consumers that run outside the cluster, or are none, without a grain for each of their partitions. Its
/// key is 0; it is on every silo.
/// </summary>
[Alias("reflex.IStoredConsumersGrain"), GrainInterfaceType("reflex.stored-consumers")]
internal interface IStoredConsumersGrain : IGrainWithIntegerKey
{
    [Alias("Read")]
    Task<StoredParts> ReadAsync(PartsRequest request);

    /// <summary>How far a consumer outside is. Only grains of parts that a session holds are asked.</summary>
    [AlwaysInterleave, Alias("GetStatus")]
    Task<PartStatuses> GetStatusAsync(PartsRequest request);
}
