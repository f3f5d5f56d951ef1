using Microsoft.Extensions.Logging;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Consumers;

internal sealed partial class ConsumerRun
{
    [LoggerMessage(
        LogLevel.Warning,
        "The consumer {Consumer} was still handling event {Event} after {Timeout}; it is cancelled and the event comes again.")]
    private static partial void LogKilled(ILogger logger, ConsumerKey consumer, EventId? @event, TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "The cursor of the consumer {Consumer} could not be stored at its end; some events will come again.")]
    private static partial void LogFlushFailed(ILogger logger, ConsumerKey consumer);
}
