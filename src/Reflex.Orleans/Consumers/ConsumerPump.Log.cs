using Microsoft.Extensions.Logging;

namespace Reflex.Orleans.Consumers;

internal sealed partial class ConsumerPump
{
    [LoggerMessage(LogLevel.Warning, "The consumer {Consumer} runs elsewhere too, where its cursor was stored last; it ends here.")]
    private static partial void LogReplaced(ILogger logger, ConsumerKey consumer, Exception error);
}
