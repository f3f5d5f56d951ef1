namespace Example.Orders.Sales;

/// <summary>What was sold, of one partition of the orders. Its key is that of the consumer grain which implements it.</summary>
public interface ISalesGrain : IGrainWithStringKey
{
    /// <summary>How many orders were paid so far.</summary>
    Task<int> CountPaidAsync();
}
