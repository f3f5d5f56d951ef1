using Reflex.Events;
using Reflex.Orleans.Consumers;

namespace Reflex.Cluster.Silo;

/// <summary>A consumer that is a grain.</summary>
internal sealed class NotingGrain(Ledger ledger) : ConsumerGrain
{
    public const string Name = "grain";

    protected override Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        ledger.Add(Name, e.Partition, e.Id.Value);
        return Task.CompletedTask;
    }
}
