namespace Reflex.Orleans.Partitions;

internal sealed partial class PartitionGrain
{
    public async Task<PositionResponse> GetBoundsAsync(GetBoundsRequest request)
    {
        var log = await GetLogAsync();
        return PositionResponse.Of(await log.GetBoundsAsync(CancellationToken.None));
    }
}
