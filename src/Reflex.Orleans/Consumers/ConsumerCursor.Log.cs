using Microsoft.Extensions.Logging;

namespace Reflex.Orleans.Consumers;

internal sealed partial class ConsumerCursor
{
    [LoggerMessage(LogLevel.Warning, "The cursor of {Consumer} could not be stored; it is tried again.")]
    private static partial void LogStoreFailed(ILogger logger, ConsumerKey consumer, Exception error);
}
