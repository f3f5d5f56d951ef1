using Reflex.Events;

namespace Reflex.Silo.Demo;

internal sealed partial class LogEvents
{
    [LoggerMessage(LogLevel.Information, "Saw event {Partition}/{Id} of type {Type} and foreign id '{ForeignId}'.")]
    private static partial void EventSeen(ILogger logger, int partition, Reflex.Events.EventId id, EventType type, string foreignId);
}
