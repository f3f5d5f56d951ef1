using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Crash.Silo;

internal sealed class NotingConsumer(HandledEvents handled) : IEventConsumer
{
    public Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        handled.Add(e.Partition, e.Id.Value);
        return Task.CompletedTask;
    }
}
