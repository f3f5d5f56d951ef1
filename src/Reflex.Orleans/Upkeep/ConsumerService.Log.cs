using Microsoft.Extensions.Logging;
using Reflex.Consumers;

namespace Reflex.Orleans.Upkeep;

internal sealed partial class ConsumerService
{
    [LoggerMessage(LogLevel.Information, "The consumer {Consumer} waits for its stream to be defined.")]
    private static partial void LogStreamMissing(ILogger logger, ConsumerId consumer);

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} could not be looked after on partition {Partition}; it is tried again.")]
    private static partial void LogCheckFailed(ILogger logger, ConsumerId consumer, int partition, Exception error);

    [LoggerMessage(LogLevel.Debug, "The consumer {Consumer} could still not be looked after on partition {Partition}: {Reason}")]
    private static partial void LogStillFailing(ILogger logger, ConsumerId consumer, int partition, string reason);

    [LoggerMessage(LogLevel.Warning, "What is to run could not be found out; it is tried again.")]
    private static partial void LogNotKnown(ILogger logger, Exception error);

    [LoggerMessage(LogLevel.Warning, "What is left of {Name} could not be removed; it is tried again.")]
    private static partial void LogNotRemoved(ILogger logger, string name, Exception error);
}
