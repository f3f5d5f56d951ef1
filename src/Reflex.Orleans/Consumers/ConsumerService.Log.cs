using Microsoft.Extensions.Logging;
using Reflex.Consumers;

namespace Reflex.Orleans.Consumers;

internal sealed partial class ConsumerService
{
    [LoggerMessage(LogLevel.Information, "The consumer {Consumer} waits for its stream to be defined.")]
    private static partial void LogStreamMissing(ILogger logger, ConsumerId consumer);

    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} could not be looked after; it is tried again.")]
    private static partial void LogCheckFailed(ILogger logger, ConsumerId consumer, Exception error);
}
