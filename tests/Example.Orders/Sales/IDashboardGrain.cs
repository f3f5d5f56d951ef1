namespace Example.Orders.Sales;

/// <summary>The whole shop's sales.</summary>
public interface IDashboardGrain : IGrainWithIntegerKey
{
    /// <summary>How many orders were paid so far, over all partitions.</summary>
    Task<int> CountPaidAsync();
}
