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
    Task EnsureRunningAsync();

    [AlwaysInterleave, Alias("GetStatus")]
    Task<ConsumerPartitionStatus> GetStatusAsync();

    [AlwaysInterleave, Alias("Start")]
    Task StartAsync();

    [AlwaysInterleave, Alias("Stop")]
    Task StopAsync();

    [AlwaysInterleave, Alias("Retry")]
    Task RetryAsync();

    /// <summary>Goes past the event after the cursor, which must be this one.</summary>
    [AlwaysInterleave, Alias("Skip")]
    Task SkipAsync(long id);

    /// <summary>Moves the cursor; null starts over with the oldest retained event.</summary>
    [AlwaysInterleave, Alias("SetCursor")]
    Task SetCursorAsync(long? cursor);
}
