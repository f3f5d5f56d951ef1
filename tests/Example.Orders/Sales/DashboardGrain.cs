using Reflex;
using Reflex.Orleans.Consumers;
using Reflex.Streams;

namespace Example.Orders.Sales;

/// <summary>A grain that calls consumer grains directly.</summary>
internal sealed class DashboardGrain(IReflexClient reflex) : Grain, IDashboardGrain
{
    public async Task<int> CountPaidAsync()
    {
        var orders = await reflex.GetStream("orders").GetStatusAsync();
        var counts = await Task.WhenAll(orders.Partitions.Select(partition =>
        {
            var key = new ConsumerKey(new PartitionId("orders", partition.Partition), "sales");
            return GrainFactory.GetGrain<ISalesGrain>(key.ToString()).CountPaidAsync();
        }));
        return counts.Sum();
    }
}
