namespace Example.Orders.Orders;

/// <summary>What happens to an order. The numbers are stored, so they never change.</summary>
public enum OrderEvent
{
    Placed = 1,
    Paid = 2,
    Cancelled = 3,
}
