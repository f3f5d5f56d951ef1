namespace Example.Orders.Sales;

/// <summary>A count, and the event up to which it counts.</summary>
[GenerateSerializer]
public sealed class SalesState
{
    [Id(0)]
    public int Paid { get; set; }

    [Id(1)]
    public long LastId { get; set; }
}
