namespace Reflex.Orleans.Partitions;

internal sealed partial class PartitionGrain
{
    public async Task<PositionResponse> GetBoundsAsync(GetBoundsRequest request)
    {
        var bounds = (await GetLogAsync()).Bounds;
        return new PositionResponse(bounds.Oldest.Value, bounds.Head.Value, bounds.Bytes, NextAppendedAt: null);
    }
}
