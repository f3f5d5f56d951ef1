namespace Reflex.Orleans.Spread;

/// <summary>What a silo has and gives away. Its key is the silo's address, and there it is; a silo of an older version has none.</summary>
[Alias("reflex.ISiloSpreadGrain"), GrainInterfaceType("reflex.silo-spread")]
internal interface ISiloSpreadGrain : IGrainWithStringKey
{
    [Alias("Count")]
    Task<CountResponse> CountAsync(CountRequest request);

    [Alias("ListPartitions")]
    Task<ListPartitionsResponse> ListPartitionsAsync(ListPartitionsRequest request);

    /// <summary>Answers when they have gone, which takes as long as the events that consumers are handling.</summary>
    [Alias("Move"), ResponseTimeout("00:02:30")]
    Task<MoveResponse> MoveAsync(MoveRequest request);
}
