using Example.Orders.Orders;
using Reflex;
using Reflex.Events;
using Reflex.Orleans.Consumers;

namespace Example.Orders.Sales;

/// <summary>A consumer that is a grain of its own: counts the paid orders of a partition, and other grains ask it.</summary>
internal sealed class SalesGrain(
    [PersistentState("sales", ReflexStorageNames.GrainStorage)] IPersistentState<SalesState> sales) : ConsumerGrain, ISalesGrain
{
    public Task<int> CountPaidAsync() => Task.FromResult(sales.State.Paid);

    protected override async Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        // The count is stored with the event that it includes, so that an event which comes again isn't counted twice.
        if (e.IsType(OrderEvent.Paid) && e.Id.Value > sales.State.LastId)
        {
            sales.State.Paid++;
            sales.State.LastId = e.Id.Value;
            await sales.WriteStateAsync(cancellationToken);
        }
    }
}
