using Reflex.Cursors;
using Reflex.Storage;

namespace Reflex.Orleans.Partitions;

/// <summary>Looks at a partition for whoever is given a cursor.</summary>
internal static class PartitionLook
{
    /// <summary>What is needed to refuse a cursor; of one whose life isn't known, nothing is read.</summary>
    public static Task<PositionResponse> LookAsync(this IPartitionGrain partition, CursorPlace cursor) => cursor.Epoch == 0
        ? partition.GetBoundsAsync(GetBoundsRequest.Instance)
        : partition.GetPositionAsync(new GetPositionRequest(cursor.Id.Value));

    /// <summary>What the partition holds, with the epoch of the event after a cursor unless that can't be read.</summary>
    public static async Task<PositionResponse> LookAfterAsync(this IPartitionGrain partition, CursorPlace? cursor)
    {
        try
        {
            return await partition.GetPositionAsync(new GetPositionRequest(cursor?.Id.Value));
        }
        catch (ReflexException error) when (error is LogCorruptedException or LogFailedException)
        {
            return await partition.GetBoundsAsync(GetBoundsRequest.Instance);
        }
    }
}
