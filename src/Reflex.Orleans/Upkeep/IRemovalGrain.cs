namespace Reflex.Orleans.Upkeep;

/// <summary>
/// Removes what is left of a stream or of its consumers, whose name the catalog has hidden first. Its key is the stream's name. A call may
/// be repeated: what is gone already isn't removed again, and what a silo left undone at its end is looked for by the consumer service.
/// </summary>
[Alias("reflex.IRemovalGrain"), GrainInterfaceType("reflex.removal")]
internal interface IRemovalGrain : IGrainWithStringKey
{
    /// <remarks>The logs of many partitions on a slow disk take longer than a call has usually.</remarks>
    [Alias("DeleteStream"), ResponseTimeout("00:05:00")]
    Task<DeleteStreamResponse> DeleteStreamAsync(DeleteStreamRequest request);

    [Alias("RemoveConsumer"), ResponseTimeout("00:05:00")]
    Task<RemoveConsumerResponse> RemoveConsumerAsync(RemoveConsumerRequest request);
}
