using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Cluster.Silo;

/// <summary>A consumer that is a class.</summary>
internal sealed class NotingConsumer(Ledger ledger) : IEventConsumer
{
    public const string Name = "class";

    public Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        ledger.Add(Name, e.Partition, e.Id.Value);
        return Task.CompletedTask;
    }
}
