using Microsoft.Extensions.Logging;
using EventId = Reflex.Events.EventId;

namespace Reflex.Consumers;

public sealed partial class Consumable
{
    [LoggerMessage(LogLevel.Error, "The consumer {Consumer} failed, {Failures} times in a row; it is run again after a pause.")]
    private static partial void LogRunFailed(ILogger logger, ConsumerName consumer, int failures, Exception error);

    [LoggerMessage(
        LogLevel.Warning,
        "The consumer {Consumer} failed on event {Event} of partition {Partition}; its recovery function swallowed the error.")]
    private static partial void LogRecovered(ILogger logger, ConsumerName consumer, int partition, EventId @event, Exception error);

    [LoggerMessage(
        LogLevel.Warning, "The cursor of the consumer {Consumer} could not be flushed after a failed run; some events will come again.")]
    private static partial void LogFlushFailed(ILogger logger, ConsumerName consumer, Exception error);

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} could not be stopped after a failed run.")]
    private static partial void LogStopFailed(ILogger logger, ConsumerName consumer, Exception error);
}
