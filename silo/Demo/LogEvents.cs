using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Silo.Demo;

/// <summary>The stock consumer: it logs what it sees, so that a newcomer sees something.</summary>
internal sealed partial class LogEvents(ILogger<LogEvents> logger) : IEventConsumer
{
    public Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        EventSeen(logger, e.Partition, e.Id, e.Type, e.ForeignId);
        return Task.CompletedTask;
    }
}
