namespace Reflex.Orleans.Partitions;

/// <summary>The one owner of a partition's log. Its key is the partition's text, <c>orders/3</c>.</summary>
[Alias("reflex.IPartitionGrain"), GrainInterfaceType("reflex.partition")]
internal interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>Appends batches, whose buffers now belong to the partition; answers once all are durable.</summary>
    [Alias("Append")]
    Task<AppendResponse> AppendAsync(AppendRequest request);

    /// <summary>Reads a page, waiting for an event at the head, for a minute at most.</summary>
    [Alias("Read"), ResponseTimeout("00:01:15")]
    Task<PageResponse> ReadAsync(ReadRequest request, CancellationToken cancellationToken);

    /// <summary>What the partition holds after this call began, which needs no read of its events.</summary>
    [Alias("GetBounds")]
    Task<PositionResponse> GetBoundsAsync(GetBoundsRequest request);

    /// <summary>What the partition holds, and when the event after a cursor was appended, which is read from the log.</summary>
    [Alias("GetPosition")]
    Task<PositionResponse> GetPositionAsync(GetPositionRequest request);

    /// <summary>
    /// Deletes what the log's owners up to an epoch have appended, also of one that can't be opened for another reason than damage. The
    /// caller has made its stream unknown before, so that the next opening is refused. Who waits here is sent away, and asks again. A call
    /// that is repeated joins the one that runs, or finds nothing left to do.
    /// </summary>
    /// <exception cref="Reflex.Storage.LogFencedException">A newer owner has opened the log; nothing was deleted.</exception>
    [Alias("Delete"), ResponseTimeout("00:02:30")]
    Task<DeleteResponse> DeleteAsync(DeleteRequest request);
}
