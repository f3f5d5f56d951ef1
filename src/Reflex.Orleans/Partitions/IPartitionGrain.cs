namespace Reflex.Orleans.Partitions;

/// <summary>The one owner of a partition's log. Its key is the partition's text, <c>orders/3</c>.</summary>
[Alias("reflex.IPartitionGrain"), GrainInterfaceType("reflex.partition")]
internal interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>Appends batches, whose buffers now belong to the partition; answers the first event's id once all are durable.</summary>
    [Alias("Append")]
    Task<long> AppendAsync(AppendRequest request);

    /// <summary>Reads a page after an event (null: from the oldest), waiting for one at the head, for two minutes at most.</summary>
    [Alias("Read"), ResponseTimeout("00:02:30")]
    Task<PageResponse> ReadAsync(long? after, int maxBytes, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>What the partition holds, which needs no read of its log.</summary>
    [Alias("GetBounds")]
    Task<PositionResponse> GetBoundsAsync();

    /// <summary>What the partition holds, and when the event after a cursor was appended, which is read from the log.</summary>
    [Alias("GetPosition")]
    Task<PositionResponse> GetPositionAsync(long? after);
}
