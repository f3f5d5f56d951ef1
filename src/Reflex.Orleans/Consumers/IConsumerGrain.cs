using Orleans.Concurrency;
using Reflex.Consumers;

namespace Reflex.Orleans.Consumers;

/// <summary>
/// The controls of a consumer on one partition, as <see cref="IConsumerControl"/> calls them. Its key is a
/// <see cref="ConsumerKey"/>. Every call interleaves with the logic and with the grain's own calls.
/// </summary>
[Alias("reflex.IConsumerGrain"), GrainInterfaceType("reflex.consumer")]
internal interface IConsumerGrain : IGrainWithStringKey
{
    /// <summary>Activates the grain, which starts the consumer unless it was stopped, and restarts it if it stands still.</summary>
    [AlwaysInterleave, Alias("EnsureRunning")]
    Task<EnsureRunningResponse> EnsureRunningAsync(EnsureRunningRequest request);

    [AlwaysInterleave, Alias("GetStatus")]
    Task<PartStatus> GetStatusAsync(GetStatusRequest request);

    [AlwaysInterleave, Alias("Start")]
    Task<StartResponse> StartAsync(StartRequest request);

    [AlwaysInterleave, Alias("Stop")]
    Task<StopResponse> StopAsync(StopRequest request);

    [AlwaysInterleave, Alias("Retry")]
    Task<RetryResponse> RetryAsync(RetryRequest request);

    /// <summary>Goes past the event after the cursor, which must be the one that is named.</summary>
    [AlwaysInterleave, Alias("Skip")]
    Task<SkipResponse> SkipAsync(SkipRequest request);

    /// <summary>Moves the cursor.</summary>
    [AlwaysInterleave, Alias("SetCursor")]
    Task<SetCursorResponse> SetCursorAsync(SetCursorRequest request);

    /// <summary>Ends the consumer here for good, and clears what is stored of it.</summary>
    [AlwaysInterleave, Alias("Remove")]
    Task<RemovePartResponse> RemoveAsync(RemovePartRequest request);
}
